import type { Batch } from './batch.ts';
import { type LevelNumbers, Levels, type Span } from './levels.ts';

/**
 * The last `length` batches of a class in one pooled array, laid out entity x step x signal as a ring over steps.
 * Made once per class and membership, fed one batch a pass, read in place by the detectors.
 */
export interface Window {
  readonly rows: number;
  readonly width: number;
  readonly length: number;
  /** How many batches are in it, at most `length`. */
  readonly filled: number;
  /** Time of the newest batch in ms, NaN when empty. */
  readonly t: number;
  /** Value of `signal` of `row`, `back` steps before the newest; NaN when missing or not filled. */
  at(row: number, back: number, signal: number): number;
  /** Copies the last `steps` looks at a row, oldest first; NaN when missing or not filled. */
  tail(row: number, steps: number, to: TailPlace): void;
  /** Copies the newest row into `out` (length `width`). */
  newest(row: number, out: Float64Array): void;
  /** Running level of `signal` of `row` over `span`, the newest value included; 0, the centre, before any. */
  level(row: number, span: Span, signal: number): number;
}

/** Where `Window.tail` writes: the first look at `at`, each next one `stride` further. */
export interface TailPlace {
  readonly values: Float32Array | Float64Array;
  readonly at: number;
  readonly stride: number;
}

/** What a window is made of, for another thread: the numbers lie in shared memory. */
export interface WindowState {
  readonly rows: number;
  readonly width: number;
  readonly length: number;
  readonly filled: number;
  /** Slot of the newest batch in the ring; -1 when empty. */
  readonly head: number;
  readonly t: number;
  readonly data: Float64Array;
  readonly levels: LevelNumbers;
}

/** A window that can be fed; `push` takes batches of the same rows and signals in order of time. */
export interface MutableWindow extends Window {
  push(batch: Batch): void;
  /** As `push`, of a batch that the levels have seen: to look back after a restart. */
  look(batch: Batch): void;
  /** As it stands; its numbers are those of the window, not a copy. */
  state(): WindowState;
  /** Takes over what another window of the same width and length has seen: row i that of its row `from[i]`. Levels stay. */
  take(other: WindowState, from: Int32Array): void;
}

class RingWindow implements MutableWindow {
  readonly rows: number;
  readonly width: number;
  readonly length: number;
  #filled: number;
  #head: number;
  #t: number;
  readonly #data: Float64Array;
  readonly #levels: Levels;

  constructor(state: WindowState, levels = new Levels(state.rows * state.width, state.levels)) {
    this.rows = state.rows;
    this.width = state.width;
    this.length = state.length;
    this.#filled = state.filled;
    this.#head = state.head;
    this.#t = state.t;
    this.#data = state.data;
    this.#levels = levels;
  }

  state(): WindowState {
    const { rows, width, length } = this;
    const { short, long, day } = this.#levels;
    const at = { filled: this.#filled, head: this.#head, t: this.#t };
    return { rows, width, length, ...at, data: this.#data, levels: { short, long, day } };
  }

  get filled(): number {
    return this.#filled;
  }

  get t(): number {
    return this.#t;
  }

  at(row: number, back: number, signal: number): number {
    if (back >= this.#filled) return Number.NaN;
    const slot = (this.#head - back + this.length) % this.length;
    return this.#data[(row * this.length + slot) * this.width + signal]!;
  }

  tail(row: number, steps: number, { values, at, stride }: TailPlace): void {
    const { width, length } = this;
    const data = this.#data;
    let slot = (this.#head + 1 + length - Math.min(steps, length)) % length;
    for (let back = steps - 1, to = at; back >= 0; back--, to += stride) {
      if (back >= this.#filled) {
        values.fill(Number.NaN, to, to + width);
        if (back >= length) continue;
      } else {
        const from = (row * length + slot) * width;
        for (let k = 0; k < width; k++) values[to + k] = data[from + k]!;
      }
      if (++slot === length) slot = 0;
    }
  }

  newest(row: number, out: Float64Array): void {
    const from = (row * this.length + this.#head) * this.width;
    for (let k = 0; k < this.width; k++) out[k] = this.#filled > 0 ? this.#data[from + k]! : Number.NaN;
  }

  level(row: number, span: Span, signal: number): number {
    return this.#levels[span][row * this.width + signal]!;
  }

  take({ filled, head, t, data }: WindowState, from: Int32Array): void {
    const size = this.length * this.width;
    from.forEach((was, row) => {
      this.#data.set(data.subarray(was * size, (was + 1) * size), row * size);
    });
    this.#filled = filled;
    this.#head = head;
    this.#t = t;
  }

  push(batch: Batch): void {
    this.look(batch);
    this.#levels.push(batch.values, batch.class.step);
  }

  look(batch: Batch): void {
    if (batch.values.length !== this.rows * this.width)
      throw new RangeError(
        `batch has ${batch.values.length} values, the window takes ${this.rows * this.width}`,
      );
    this.#head = (this.#head + 1) % this.length;
    this.#filled = Math.min(this.#filled + 1, this.length);
    this.#t = batch.t;
    for (let row = 0; row < this.rows; row++) {
      const to = (row * this.length + this.#head) * this.width;
      for (let k = 0; k < this.width; k++) this.#data[to + k] = batch.values[row * this.width + k]!;
    }
  }
}

/** An empty window for `rows` entities of `width` signals and `length` steps; it moves `levels` on, which may go on from before. */
export function createWindow(
  rows: number,
  width: number,
  length: number,
  levels: Levels = new Levels(rows * width),
): MutableWindow {
  const data = sharedNumbers(rows * width * length).fill(Number.NaN);
  return new RingWindow({ rows, width, length, filled: 0, head: -1, t: Number.NaN, data, levels }, levels);
}

/** A window in the state of another, over the same numbers. */
export function windowOver(state: WindowState): Window {
  return new RingWindow(state);
}

/** Zeros in memory that threads share. */
export function sharedNumbers(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}
