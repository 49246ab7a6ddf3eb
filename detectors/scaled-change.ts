import type { FittedDetector } from '../core/detector.ts';
import type { Window } from '../core/window.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { outward, sharesOf, topMean } from './deviation.ts';

/** What a change of a signal is, and how many steps it takes to see one. */
export interface Change {
  readonly lookback: number;
  /** The change of `signal` of `row`, in scales of the signal; what is missing now is not asked about. */
  of(window: Window, row: number, signal: number): number;
}

/** How many signals the score averages, which direction of each matters, and how much each changes in normal life. */
export interface ChangeParts {
  readonly top: number;
  readonly sign: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Changes of the signals of a row, each in units of what is usual of it; the score is the mean of the `top` largest in the
 * direction that matters. A signal without a sample takes no part.
 */
class FittedScaledChange implements FittedDetector {
  readonly #change: Change;
  readonly #parts: ChangeParts;
  readonly #work: Float64Array;

  constructor(change: Change, parts: ChangeParts) {
    this.#change = change;
    this.#parts = parts;
    this.#work = new Float64Array(parts.sign.length);
  }

  get lookback(): number {
    return this.#change.lookback;
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#read(window, row);
      out[row] = topMean(this.#work, this.#parts.top);
    }
  }

  shares(window: Window, row: number, out: Float64Array): void {
    this.#read(window, row);
    sharesOf(this.#work, out);
  }

  learn(): void {}

  toBytes(): Uint8Array {
    const { top, sign, scale } = this.#parts;
    return writeBytes({ top }, [sign, scale]);
  }

  #read(window: Window, row: number): void {
    const { sign, scale } = this.#parts;
    for (let k = 0; k < window.width; k++) {
      const isMissing = Number.isNaN(window.at(row, 0, k));
      const change = isMissing ? Number.NaN : this.#change.of(window, row, k) / scale[k]!;
      this.#work[k] = outward(change, sign[k]!);
    }
  }
}

/** A fitted detector of one kind of change. */
export function scaledChange(change: Change, parts: ChangeParts): FittedDetector {
  return new FittedScaledChange(change, parts);
}

/** Reads what its `toBytes` wrote, of the same kind of change; throws a RangeError for anything else. */
export function scaledChangeFromBytes(change: Change, bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [sign, scale] = arrays;
  if (sign === undefined || scale?.length !== sign.length || head.top === undefined)
    throw new RangeError('the bytes are not those of a detector of changes');
  return new FittedScaledChange(change, { top: head.top, sign, scale });
}
