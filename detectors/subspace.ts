import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { runLevels } from '../core/levels.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf, outward, scaleOf, sharesOf, topMean } from './deviation.ts';
import { principalComponents } from './principal-components.ts';

/** How many signals the score averages, and how many rows of the history the components are fitted on at most. */
export interface SubspaceOptions {
  readonly top: number;
  readonly rows: number;
}

/** A component is kept when it speaks for at least so many signals; less is no correlation. */
const leastVariance = 2;
/** Deviations are cut off here before the components are fitted: spikes are not what signals have in common. */
const fitLimit = 10;
const scoreLimit = 1e6;
interface SubspaceParts {
  readonly top: number;
  readonly sign: Float64Array;
  /** Root mean square of each signal's deviation from its level, and of its residual. */
  readonly spread: Float64Array;
  readonly residual: Float64Array;
  /** The kept components, one after another, each as long as there are signals. */
  readonly components: Float64Array;
}

/**
 * What the signals do not have in common (Jackson and Mudholkar 1979; Lakhina et al. 2004): deviations x from the level of
 * the last day, less their projection on the principal components of normal life, r = x - V V'x, each signal in units
 * of its residual's root mean square; the score is the mean of the `top` largest. A missing signal stands at its level.
 */
class FittedSubspace implements FittedDetector {
  readonly lookback = 1;
  readonly #parts: SubspaceParts;
  readonly #x: Float64Array;
  readonly #work: Float64Array;

  constructor(parts: SubspaceParts) {
    this.#parts = parts;
    this.#x = new Float64Array(parts.sign.length);
    this.#work = new Float64Array(parts.sign.length);
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#residuals(window, row);
      out[row] = topMean(this.#work, this.#parts.top);
    }
  }

  shares(window: Window, row: number, out: Float64Array): void {
    this.#residuals(window, row);
    sharesOf(this.#work, out);
  }

  learn(): void {}

  toBytes(): Uint8Array {
    const { top, sign, spread, residual, components } = this.#parts;
    return writeBytes({ top }, [sign, spread, residual, components]);
  }

  #residuals(window: Window, row: number): void {
    const { sign, spread, residual, components } = this.#parts;
    const x = this.#x;
    for (let k = 0; k < x.length; k++) {
      const deviation = (window.at(row, 0, k) - window.level(row, 'day', k)) / spread[k]!;
      x[k] = Number.isNaN(deviation) ? 0 : Math.min(scoreLimit, Math.max(-scoreLimit, deviation));
    }
    const left = this.#work;
    residualInto(x, components, left);
    for (let k = 0; k < x.length; k++)
      left[k] = Number.isNaN(window.at(row, 0, k)) ? -1 : outward(left[k]! / residual[k]!, sign[k]!);
  }
}

/** r = x - V V'x into `out`. */
function residualInto(x: Float64Array, components: Float64Array, out: Float64Array): void {
  out.set(x);
  const width = x.length;
  for (let from = 0; from < components.length; from += width) {
    let along = 0;
    for (let k = 0; k < width; k++) along += components[from + k]! * x[k]!;
    for (let k = 0; k < width; k++) out[k] = out[k]! - along * components[from + k]!;
  }
}

/** Unfitted subspace residual; `fit` learns spread, components and residuals from rows drawn evenly from the sample. */
export class Subspace implements Detector {
  readonly #options: SubspaceOptions;
  readonly #context: DetectorContext;

  constructor(options: SubspaceOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(sample: Iterable<Frame>): FittedDetector {
    const { signals } = this.#context;
    const width = signals.length;
    const rows = deviationsOf([...sample], this.#options.rows);
    const spread = rootMeanSquares(rows, width);
    for (const row of rows) for (let k = 0; k < width; k++) row[k] = row[k]! / spread[k]!;
    const components = principalComponents(rows, width, leastVariance);
    const left = rows.map(row => {
      const out = new Float64Array(width);
      residualInto(row, components, out);
      return out;
    });
    const residual = rootMeanSquares(left, width);
    const sign = directionsOf(signals);
    return new FittedSubspace({ top: this.#options.top, sign, spread, residual, components });
  }
}

/** Deviations of every n-th row from the level of the last day, so many that at most `limit` are kept; 0 where missing. */
function deviationsOf(frames: readonly Frame[], limit: number): Float64Array[] {
  const total = frames.reduce((sum, frame) => sum + frame.t.length, 0);
  const every = Math.max(1, Math.ceil(total / limit));
  const rows: Float64Array[] = [];
  for (const frame of frames)
    runLevels(frame, (i, { day }, values) => {
      if (i % every !== 0) return;
      const row = values.map((v, k) => Math.min(fitLimit, Math.max(-fitLimit, v - day[k]!)));
      rows.push(row.map(v => (Number.isNaN(v) ? 0 : v)));
    });
  return rows;
}

function rootMeanSquares(rows: readonly Float64Array[], width: number): Float64Array {
  const squares = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) squares[k] = squares[k]! + row[k]! ** 2;
  return squares.map(sum => scaleOf(sum / Math.max(1, rows.length)));
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function subspaceFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [sign, spread, residual, components] = arrays;
  if (sign === undefined || spread?.length !== sign.length || residual?.length !== sign.length)
    throw new RangeError('the bytes are not those of a subspace detector');
  if (components === undefined || components.length % Math.max(1, sign.length) !== 0)
    throw new RangeError('the components of the subspace are cut');
  return new FittedSubspace({ top: head.top ?? 3, sign, spread, residual, components });
}
