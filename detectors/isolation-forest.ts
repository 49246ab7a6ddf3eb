import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { createRandom } from '../core/random.ts';
import type { Window } from '../core/window.ts';
import { scoreTrees } from '../kernels/forest.ts';
import type { PaddedTrees } from '../kernels/padded-trees.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { growForest } from './isolation-tree.ts';

/** Trees, rows drawn for each, and rows of the history that are looked at in all. */
export interface IsolationForestOptions {
  readonly trees: number;
  readonly subsample: number;
  readonly rows: number;
}

/** Isolation forest (Liu, Ting, Zhou 2008) over the newest batch; a missing signal takes the median of the class. */
class FittedIsolationForest implements FittedDetector {
  readonly lookback = 1;
  readonly #forest: PaddedTrees;
  readonly #median: Float64Array;
  #x = new Float64Array(0);

  constructor(forest: PaddedTrees, median: Float64Array) {
    this.#forest = forest;
    this.#median = median;
  }

  score(window: Window, out: Float64Array): void {
    const { width } = this.#forest;
    const { rows } = window;
    if (this.#x.length !== rows * width) this.#x = new Float64Array(rows * width);
    const x = this.#x;
    const missing = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) missing[row] = this.#fill(window, row) === 0 ? 1 : 0;
    scoreTrees(this.#forest, x, out.subarray(0, rows));
    for (let row = 0; row < rows; row++) if (missing[row] === 1) out[row] = Number.NaN;
  }

  #fill(window: Window, row: number): number {
    const { width } = this.#forest;
    let seen = 0;
    for (let k = 0; k < width; k++) {
      const value = window.at(row, 0, k);
      const present = Number.isFinite(value);
      if (present) seen++;
      this.#x[row * width + k] = present ? value : this.#median[k]!;
    }
    return seen;
  }

  /** A signal's share: how much the score falls when that signal alone is put back to the median. */
  shares(window: Window, row: number, out: Float64Array): void {
    const { width } = this.#forest;
    const probe = new Float64Array((width + 1) * width);
    for (let i = 0; i <= width; i++)
      for (let k = 0; k < width; k++) {
        const value = window.at(row, 0, k);
        probe[i * width + k] = i === k + 1 || !Number.isFinite(value) ? this.#median[k]! : value;
      }
    const scores = new Float64Array(width + 1);
    scoreTrees(this.#forest, probe, scores);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      out[k] = Math.max(0, scores[0]! - scores[k + 1]!);
      sum += out[k]!;
    }
    for (let k = 0; k < width; k++) out[k] = sum > 0 ? out[k]! / sum : 1 / width;
  }

  learn(): void {}

  toBytes(): Uint8Array {
    const { trees, depth, width, normal, feature, threshold, path } = this.#forest;
    return writeBytes({ trees, depth, width, normal }, [feature, threshold, path, this.#median]);
  }
}

/** Unfitted forest: `fit` draws at most `rows` rows of the sample evenly, seeded. */
export class IsolationForest implements Detector {
  readonly #options: IsolationForestOptions;
  readonly #context: DetectorContext;

  constructor(options: IsolationForestOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(sample: Iterable<Frame>): FittedDetector {
    const random = createRandom(this.#context.seed);
    const { x, rows, median } = drawRows(sample, {
      width: this.#context.signals.length,
      rows: this.#options.rows,
      random,
    });
    return new FittedIsolationForest(
      growForest(x, rows, { ...this.#options, width: median.length, random }),
      median,
    );
  }
}

interface Draw {
  readonly width: number;
  readonly rows: number;
  readonly random: () => number;
}

/** Reservoir sample (Vitter 1985, algorithm R) of rows; missing values take the median of the rows drawn. */
function drawRows(
  sample: Iterable<Frame>,
  draw: Draw,
): { x: Float64Array; rows: number; median: Float64Array } {
  const { width } = draw;
  const x = new Float64Array(draw.rows * width);
  let seen = 0;
  for (const frame of sample)
    for (let i = 0; i < frame.t.length; i++) {
      if (frame.columns.every(column => !Number.isFinite(column[i]!))) continue;
      const to = seen < draw.rows ? seen : Math.floor(draw.random() * (seen + 1));
      seen++;
      if (to < draw.rows) for (let k = 0; k < width; k++) x[to * width + k] = frame.columns[k]![i]!;
    }
  const rows = Math.min(seen, draw.rows);
  const median = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = x[i * width + k]!;
    const present = column.filter(v => Number.isFinite(v)).sort();
    median[k] = present[present.length >> 1] ?? 0;
    for (let i = 0; i < rows; i++) if (!Number.isFinite(column[i]!)) x[i * width + k] = median[k]!;
  }
  return { x, rows, median };
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function isolationForestFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [feature, threshold, path, median] = arrays;
  const { trees = 0, depth = 0, width = 0, normal = 1 } = head;
  const nodes = trees * (2 ** depth - 1);
  if (feature?.length !== nodes || threshold?.length !== nodes || path?.length !== nodes + trees)
    throw new RangeError('the bytes are not those of an isolation forest');
  if (median?.length !== width || feature.some(k => !(k >= 0 && k < width)))
    throw new RangeError(`the forest names signals that a row of ${width} does not have`);
  const forest = { trees, depth, width, normal, feature: Int32Array.from(feature), threshold, path };
  return new FittedIsolationForest(forest, median);
}
