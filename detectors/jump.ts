import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf, outward, scaleOf, sharesOf, topMean } from './top-mean.ts';

/** How many signals the score averages. */
export interface JumpOptions {
  readonly top: number;
}

/** Jumps are cut off here in the fit: the largest are not what is usual. */
const changeLimit = 10;

/**
 * A jump from one look to the next (Shewhart 1931, on first differences): |z_t - z_(t-1)| of each signal in units of the root
 * mean square of that difference over normal life; the score is the mean of the `top` largest. A signal that was missing
 * before jumps nowhere.
 */
class FittedJump implements FittedDetector {
  readonly lookback = 2;
  readonly #top: number;
  readonly #sign: Float64Array;
  readonly #scale: Float64Array;
  readonly #work: Float64Array;

  constructor(options: JumpOptions, sign: Float64Array, scale: Float64Array) {
    this.#top = options.top;
    this.#sign = sign;
    this.#scale = scale;
    this.#work = new Float64Array(sign.length);
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#changes(window, row);
      out[row] = topMean(this.#work, this.#top);
    }
  }

  shares(window: Window, row: number, out: Float64Array): void {
    this.#changes(window, row);
    sharesOf(this.#work, out);
  }

  learn(): void {}

  toBytes(): Uint8Array {
    return writeBytes({ top: this.#top }, [this.#sign, this.#scale]);
  }

  #changes(window: Window, row: number): void {
    for (let k = 0; k < window.width; k++) {
      const newest = window.at(row, 0, k);
      const before = window.at(row, 1, k);
      const change = Number.isNaN(before) ? 0 : (newest - before) / this.#scale[k]!;
      this.#work[k] = Number.isNaN(newest) ? -1 : outward(change, this.#sign[k]!);
    }
  }
}

/** Unfitted jump; `fit` learns how much each signal jumps in normal life. */
export class Jump implements Detector {
  readonly #options: JumpOptions;
  readonly #context: DetectorContext;

  constructor(options: JumpOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(sample: Iterable<Frame>): FittedDetector {
    const { signals } = this.#context;
    const squares = new Float64Array(signals.length);
    const seen = new Float64Array(signals.length);
    for (const { columns } of sample)
      columns.forEach((column, k) => {
        for (let i = 1; i < column.length; i++) {
          const change = Math.min(changeLimit, Math.abs(column[i]! - column[i - 1]!));
          if (Number.isNaN(change)) continue;
          squares[k] = squares[k]! + change * change;
          seen[k] = seen[k]! + 1;
        }
      });
    const scale = squares.map((sum, k) => scaleOf(sum / Math.max(1, seen[k]!)));
    return new FittedJump(this.#options, directionsOf(signals), scale);
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function jumpFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [sign, scale] = arrays;
  if (sign === undefined || scale?.length !== sign.length || head.top === undefined)
    throw new RangeError('the bytes are not those of a jump detector');
  return new FittedJump({ top: head.top }, sign, scale);
}
