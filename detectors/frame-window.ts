import type { Frame } from '../core/batch.ts';
import type { FittedDetector } from '../core/detector.ts';
import { type LevelNumbers, Levels, runLevels, type Span } from '../core/levels.ts';
import type { TailPlace, Window } from '../core/window.ts';

/** Rows that are scored together: their inputs stay in the cache, and nothing of a long history is copied. */
const chunk = 1024;

/** A standardized frame with the running levels after each of its rows, row-major rows x signals. */
export interface FrameHistory {
  readonly frame: Frame;
  readonly levels: LevelNumbers;
}

/** A frame with its running levels, which go on from `before`, where those of the life before it stand, and move it to its end. */
export function frameHistory(frame: Frame, before?: Levels): FrameHistory {
  const width = frame.columns.length;
  const all = new Levels(frame.t.length * width);
  const visit = (i: number, levels: Levels) => all.copy(i, levels, 0, width);
  runLevels(frame, visit, before);
  return { frame, levels: all };
}

/** The rows `from`, `from + every`, ... of a frame, `rows` of them, each with the `length` rows up to it. */
interface FrameRows {
  readonly from: number;
  readonly every: number;
  readonly rows: number;
  readonly length: number;
}

/**
 * A history as a window: row i is the entity as it stood at row `from + i every` of the frame. Detectors score a stretch of
 * history like as many entities of one batch, with the same result. There is no one time: `t` is NaN.
 */
class FrameWindow implements Window {
  readonly rows: number;
  readonly width: number;
  readonly length: number;
  readonly filled: number;
  readonly t = Number.NaN;
  readonly #columns: readonly Float64Array[];
  readonly #levels: LevelNumbers;
  readonly #from: number;
  readonly #every: number;

  constructor({ frame, levels }: FrameHistory, { from, every, rows, length }: FrameRows) {
    this.rows = rows;
    this.width = frame.columns.length;
    this.length = length;
    this.filled = length;
    this.#columns = frame.columns;
    this.#levels = levels;
    this.#from = from;
    this.#every = every;
  }

  at(row: number, back: number, signal: number): number {
    const i = this.#from + row * this.#every - back;
    return i < 0 || back >= this.length ? Number.NaN : this.#columns[signal]![i]!;
  }

  tail(row: number, steps: number, { values, at, stride }: TailPlace): void {
    const newest = this.#from + row * this.#every;
    const missing = Math.max(0, steps - Math.min(this.length, newest + 1));
    const first = newest - steps + 1;
    for (let k = 0; k < this.width; k++) {
      const column = this.#columns[k]!;
      let to = at + k;
      for (let i = 0; i < missing; i++, to += stride) values[to] = Number.NaN;
      for (let i = first + missing; i <= newest; i++, to += stride) values[to] = column[i]!;
    }
  }

  level(row: number, span: Span, signal: number): number {
    return this.#levels[span][(this.#from + row * this.#every) * this.width + signal]!;
  }

  newest(row: number, out: Float64Array): void {
    for (let k = 0; k < this.width; k++) out[k] = this.at(row, 0, k);
  }
}

/**
 * Scores of the rows of a standardized frame, every `every`th with the newest among them and NaN for those between: what the
 * detector gives when it is fed row by row.
 */
export function scoreFrame(history: FrameHistory, fitted: FittedDetector, every = 1): Float64Array {
  const all = new Float64Array(history.frame.t.length).fill(Number.NaN);
  const first = (all.length - 1) % every;
  const scores = new Float64Array(Math.ceil(all.length / every));
  for (let done = 0; done < scores.length; done += chunk) {
    const rows = Math.min(chunk, scores.length - done);
    const window = new FrameWindow(history, {
      from: first + done * every,
      every,
      rows,
      length: fitted.lookback,
    });
    fitted.score(window, scores.subarray(done, done + rows));
  }
  scores.forEach((score, i) => {
    all[first + i * every] = score;
  });
  return all;
}
