import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';

/** How many signals the score averages, and over how many batches it is smoothed. */
export interface RobustZOptions {
  readonly top: number;
  readonly smooth: number;
}

const signs = { high: 1, low: -1, both: 0 } as const;

/**
 * Mean of the `top` largest deviations |z| over the signals of a row, z averaged over the last `smooth` batches.
 * Reads standardized values (median and robust scale of the entity's own history): the state is the class's alone.
 * A deviation in the direction that does not matter counts nothing.
 */
class FittedRobustZ implements FittedDetector {
  readonly #options: RobustZOptions;
  readonly #sign: Float64Array;
  readonly #work: Float64Array;

  constructor(options: RobustZOptions, sign: Float64Array) {
    this.#options = options;
    this.#sign = sign;
    this.#work = new Float64Array(sign.length);
  }

  get lookback(): number {
    return this.#options.smooth;
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) out[row] = this.#scoreRow(window, row);
  }

  shares(window: Window, row: number, out: Float64Array): void {
    this.#deviations(window, row);
    let sum = 0;
    for (const d of this.#work) if (d > 0) sum += d;
    for (let k = 0; k < this.#work.length; k++)
      out[k] = sum > 0 ? Math.max(0, this.#work[k]!) / sum : 1 / this.#work.length;
  }

  learn(): void {}

  toBytes(): Uint8Array {
    return writeBytes({ ...this.#options }, [this.#sign]);
  }

  /** |mean z| of each signal in the bad direction into the work array, -1 where there is no sample. */
  #deviations(window: Window, row: number): number {
    const steps = Math.min(this.#options.smooth, window.filled);
    let seen = 0;
    for (let k = 0; k < window.width; k++) {
      let sum = 0;
      let n = 0;
      for (let back = 0; back < steps; back++) {
        const z = window.at(row, back, k);
        if (!Number.isNaN(z)) {
          sum += z;
          n++;
        }
      }
      const sign = this.#sign[k]!;
      const z = n > 0 ? sum / n : -1;
      this.#work[k] = n === 0 ? -1 : sign === 0 ? Math.abs(z) : Math.max(0, sign * z);
      if (n > 0) seen++;
    }
    return seen;
  }

  #scoreRow(window: Window, row: number): number {
    const seen = this.#deviations(window, row);
    const take = Math.min(this.#options.top, seen);
    if (take === 0) return Number.NaN;
    let sum = 0;
    let ceiling = Number.POSITIVE_INFINITY;
    for (let i = 0; i < take; ) {
      let best = -1;
      let ties = 0;
      for (const d of this.#work) {
        if (d < ceiling && d > best) {
          best = d;
          ties = 1;
        } else if (d === best) ties++;
      }
      const count = Math.min(ties, take - i);
      sum += best * count;
      i += count;
      ceiling = best;
    }
    return sum / take;
  }
}

/** Unfitted robust z: nothing is learned from the sample beyond what the standardization already holds. */
export class RobustZ implements Detector {
  readonly #options: RobustZOptions;
  readonly #context: DetectorContext;

  constructor(options: RobustZOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(_sample: Iterable<Frame>): FittedDetector {
    return new FittedRobustZ(
      this.#options,
      Float64Array.from(this.#context.signals, s => signs[s.bad]),
    );
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function robustZFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  return new FittedRobustZ({ top: head.top ?? 3, smooth: head.smooth ?? 1 }, arrays[0]!);
}
