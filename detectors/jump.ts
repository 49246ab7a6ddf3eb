import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { directionsOf, scaleOf } from './deviation.ts';
import { type Change, scaledChange, scaledChangeFromBytes } from './scaled-change.ts';

/** How many signals the score averages. */
export interface JumpOptions {
  readonly top: number;
}

/** Jumps are cut off here in the fit: the largest are not what is usual. */
const changeLimit = 10;

/**
 * A jump from one look to the next (Shewhart 1931, on first differences): z_t - z_(t-1) of each signal in units of the root
 * mean square of that difference over normal life. A signal that was missing before jumps nowhere.
 */
const jumpOfValue: Change = {
  lookback: 2,
  of(window, row, signal) {
    const before = window.at(row, 1, signal);
    return Number.isNaN(before) ? 0 : window.at(row, 0, signal) - before;
  },
};

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
    return scaledChange(jumpOfValue, { ...this.#options, sign: directionsOf(signals), scale });
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function jumpFromBytes(bytes: Uint8Array): FittedDetector {
  return scaledChangeFromBytes(jumpOfValue, bytes);
}
