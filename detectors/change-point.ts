import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { runLevels } from '../core/levels.ts';
import { directionsOf, scaleOf } from './deviation.ts';
import { type Change, scaledChange, scaledChangeFromBytes } from './scaled-change.ts';

/** How many signals the score averages. */
export interface ChangePointOptions {
  readonly top: number;
}

/**
 * A change of level: the exponentially weighted mean of the last 20 minutes against that of the last 4 hours (a chart of
 * Roberts 1959, its centre moving too), in units of the root mean square of that difference over normal life.
 */
const changeOfLevel: Change = {
  lookback: 1,
  of: (window, row, signal) => window.level(row, 'short', signal) - window.level(row, 'long', signal),
};

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
    return scaledChange(changeOfLevel, { ...this.#options, sign: directionsOf(signals), scale });
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function changePointFromBytes(bytes: Uint8Array): FittedDetector {
  return scaledChangeFromBytes(changeOfLevel, bytes);
}
