import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf, outward, sharesOf, topMean } from './deviation.ts';

/** How many signals the score averages, and over how many batches it is smoothed. */
export interface RobustZOptions {
  readonly top: number;
  readonly smooth: number;
}

/** What deviations are measured from: the centre of the history, or the running level of the last day. */
export type Centre = 'history' | 'day';

/**
 * Mean of the `top` largest deviations |z| over the signals of a row, z averaged over the last `smooth` batches.
 * Reads standardized values (median and robust scale of the entity's own history): the state is the class's alone.
 * A deviation in the direction that does not matter counts nothing.
 */
class FittedRobustZ implements FittedDetector {
  readonly #options: RobustZOptions;
  readonly #centre: Centre;
  readonly #sign: Float64Array;
  readonly #work: Float64Array;

  constructor(options: RobustZOptions, centre: Centre, sign: Float64Array) {
    this.#options = options;
    this.#centre = centre;
    this.#sign = sign;
    this.#work = new Float64Array(sign.length);
  }

  get lookback(): number {
    return this.#options.smooth;
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#deviations(window, row);
      out[row] = topMean(this.#work, this.#options.top);
    }
  }

  shares(window: Window, row: number, out: Float64Array): void {
    this.#deviations(window, row);
    sharesOf(this.#work, out);
  }

  learn(): void {}

  toBytes(): Uint8Array {
    return writeBytes({ ...this.#options, day: this.#centre === 'day' ? 1 : 0 }, [this.#sign]);
  }

  /** |mean z - centre| of each signal in the bad direction into the work array, -1 where there is no sample. */
  #deviations(window: Window, row: number): void {
    const steps = Math.min(this.#options.smooth, window.filled);
    for (let k = 0; k < window.width; k++) {
      let sum = 0;
      let n = 0;
      for (let back = 0; back < steps; back++) {
        const z = window.at(row, back, k);
        if (Number.isNaN(z)) continue;
        sum += z;
        n++;
      }
      const centre = this.#centre === 'day' ? window.level(row, 'day', k) : 0;
      this.#work[k] = outward(sum / n - centre, this.#sign[k]!);
    }
  }
}

/** Unfitted robust z: nothing is learned from the sample beyond what the standardization already holds. */
export class RobustZ implements Detector {
  readonly #options: RobustZOptions;
  readonly #centre: Centre;
  readonly #context: DetectorContext;

  constructor(options: RobustZOptions, context: DetectorContext, centre: Centre = 'history') {
    this.#options = options;
    this.#centre = centre;
    this.#context = context;
  }

  fit(_sample: Iterable<Frame>): FittedDetector {
    return new FittedRobustZ(this.#options, this.#centre, directionsOf(this.#context.signals));
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function robustZFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const { top = 3, smooth = 1, day } = head;
  return new FittedRobustZ({ top, smooth }, day === 1 ? 'day' : 'history', arrays[0]!);
}
