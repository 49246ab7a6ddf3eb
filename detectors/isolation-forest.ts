import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { createRandom } from '../core/random.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { growForest } from './isolation-tree.ts';

/** Trees, rows drawn for each, and rows of the history that are looked at in all. */
export interface IsolationForestOptions {
  readonly trees: number;
  readonly subsample: number;
  readonly rows: number;
}

/** Complete trees of one depth, one after another: inner nodes by heap index, then the path length of each leaf. */
export interface PaddedTrees {
  readonly trees: number;
  readonly depth: number;
  readonly width: number;
  /** c(subsample): the mean path length that normalizes. */
  readonly normal: number;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly path: Float64Array;
}

const block = 256;

/**
 * Scores rows (row-major, `width` values each) of `x`: s = 2^(-E(h) / c(n)) (Liu, Ting, Zhou 2008, eq. 2). All trees are
 * padded to one depth, so a walk has no end to test for: h <- 2 h + 1 + (x >= threshold). Four rows go down together,
 * which hides the latency of the loads. A missing value has to be filled before.
 */
export function scoreTrees(forest: PaddedTrees, x: Float64Array, out: Float64Array): void {
  const { trees, depth, width, feature, threshold, path } = forest;
  const inner = 2 ** depth - 1;
  const rows = out.length;
  const factor = -1 / (trees * forest.normal);
  for (let from = 0; from < rows; from += block) {
    const end = Math.min(rows, from + block);
    out.fill(0, from, end);
    for (let tree = 0; tree < trees; tree++) {
      const base = tree * inner;
      const step = 1 - base;
      const leaves = tree * (inner + 1) - inner - base;
      let row = from;
      for (; row + 3 < end; row += 4) {
        const x0 = row * width;
        const x1 = x0 + width;
        const x2 = x1 + width;
        const x3 = x2 + width;
        let a = base;
        let b = base;
        let c = base;
        let d = base;
        for (let level = 0; level < depth; level++) {
          a = (2 * a + step + (x[x0 + feature[a]!]! >= threshold[a]! ? 1 : 0)) | 0;
          b = (2 * b + step + (x[x1 + feature[b]!]! >= threshold[b]! ? 1 : 0)) | 0;
          c = (2 * c + step + (x[x2 + feature[c]!]! >= threshold[c]! ? 1 : 0)) | 0;
          d = (2 * d + step + (x[x3 + feature[d]!]! >= threshold[d]! ? 1 : 0)) | 0;
        }
        out[row] = out[row]! + path[leaves + a]!;
        out[row + 1] = out[row + 1]! + path[leaves + b]!;
        out[row + 2] = out[row + 2]! + path[leaves + c]!;
        out[row + 3] = out[row + 3]! + path[leaves + d]!;
      }
      for (; row < end; row++) {
        let a = base;
        for (let level = 0; level < depth; level++)
          a = (2 * a + step + (x[row * width + feature[a]!]! >= threshold[a]! ? 1 : 0)) | 0;
        out[row] = out[row]! + path[leaves + a]!;
      }
    }
    for (let row = from; row < end; row++) out[row] = 2 ** (out[row]! * factor);
  }
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
  if (feature === undefined || threshold === undefined || path?.length !== trees * 2 ** depth || !median)
    throw new RangeError('the bytes are not those of an isolation forest');
  const forest = { trees, depth, width, normal, feature: Int32Array.from(feature), threshold, path };
  return new FittedIsolationForest(forest, median);
}
