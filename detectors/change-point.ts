import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { runLevels } from '../core/levels.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf, outward, scaleOf, sharesOf, topMean } from './top-mean.ts';

/** How many signals the score averages. */
export interface ChangePointOptions {
  readonly top: number;
}

/**
 * A change of level: the exponentially weighted mean of the last 20 minutes against that of the last 4 hours (a chart of
 * Roberts 1959, its centre moving too), in units of the root mean square of that difference over normal life; the score is the
 * mean of the `top` largest.
 */
class FittedChangePoint implements FittedDetector {
  readonly lookback = 1;
  readonly #top: number;
  readonly #sign: Float64Array;
  readonly #scale: Float64Array;
  readonly #work: Float64Array;

  constructor(options: ChangePointOptions, sign: Float64Array, scale: Float64Array) {
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
      const change = (window.level(row, 'short', k) - window.level(row, 'long', k)) / this.#scale[k]!;
      this.#work[k] = Number.isNaN(window.at(row, 0, k)) ? -1 : outward(change, this.#sign[k]!);
    }
  }
}

/** Unfitted change point; `fit` learns how much the levels of each signal differ in normal life. */
export class ChangePoint implements Detector {
  readonly #options: ChangePointOptions;
  readonly #context: DetectorContext;

  constructor(options: ChangePointOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(sample: Iterable<Frame>): FittedDetector {
    const { signals } = this.#context;
    const squares = new Float64Array(signals.length);
    let n = 0;
    for (const frame of sample) {
      runLevels(frame, (_, { short, long }) => {
        for (let k = 0; k < squares.length; k++) squares[k] = squares[k]! + (short[k]! - long[k]!) ** 2;
      });
      n += frame.t.length;
    }
    const scale = squares.map(sum => scaleOf(sum / Math.max(1, n)));
    return new FittedChangePoint(this.#options, directionsOf(signals), scale);
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function changePointFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [sign, scale] = arrays;
  if (sign === undefined || scale?.length !== sign.length || head.top === undefined)
    throw new RangeError('the bytes are not those of a change point detector');
  return new FittedChangePoint({ top: head.top }, sign, scale);
}
