import type { SignalSpec } from '../core/pack.ts';
import type { Window } from '../core/window.ts';
import type { Baseline } from './baseline.ts';
import { directionsOf, outward, topMean } from './deviation.ts';

/** How many signals, those that departed most first, are averaged. */
const top = 4;
/** A signal's departure is never scaled by less than this share of its baseline's scale. */
const leastScale = 0.2;

/** Where values are looked up. */
type Looked = Pick<Window, 'at'>;

/** Memories, in rows. */
export interface DepartureMemory {
  /** Half-life of the recent level. */
  readonly level: number;
  /** Over how many rows the size of usual departures is averaged. */
  readonly scale: number;
}

/**
 * How far a row has departed from its own recent level: the mean of the four largest departures of its signals, each the
 * mean of two standardized values minus an exponential mean (Roberts 1959), over the root mean square of such departures.
 * Slow drifts of normal life stay small, whatever level they reach. Within an episode the nearer one of two levels counts, the
 * recent one and that from before the episode: it is over when the row is back, or has settled elsewhere. 12 bytes a series.
 */
export class Departures {
  readonly width: number;
  readonly #sign: Float64Array;
  readonly #gain: number;
  readonly #memory: DepartureMemory;
  readonly #level: Float32Array;
  readonly #before: Float32Array;
  readonly #square: Float32Array;
  readonly #seen: Float32Array;
  readonly #departed: Float64Array;

  constructor(rows: number, signals: readonly Pick<SignalSpec, 'bad'>[], memory: DepartureMemory) {
    this.width = signals.length;
    this.#sign = directionsOf(signals);
    this.#memory = memory;
    this.#gain = 1 - 2 ** (-1 / memory.level);
    this.#departed = new Float64Array(signals.length);
    const cells = rows * signals.length;
    this.#level = new Float32Array(cells).fill(Number.NaN);
    this.#before = new Float32Array(cells).fill(Number.NaN);
    this.#square = new Float32Array(cells);
    this.#seen = new Float32Array(rows);
  }

  static get bytesPerSeries(): number {
    return 3 * 4;
  }

  /** Only reads: the departure of the window's newest values; NaN when no signal has a sample and a level. */
  score(window: Looked, row: number, within: 'normal life' | 'an episode'): number {
    const recent = this.#mean(window, row, this.#level);
    const before = within === 'normal life' ? Number.NaN : this.#mean(window, row, this.#before);
    return before < recent ? before : recent;
  }

  /** The departure from the level before the last episode; NaN when there was none. */
  before(window: Looked, row: number): number {
    return this.#mean(window, row, this.#before);
  }

  #mean(window: Looked, row: number, level: Float32Array): number {
    const { width } = this;
    for (let k = 0; k < width; k++) {
      const cell = row * width + k;
      const scale = Math.max(leastScale, Math.sqrt(this.#square[cell]!));
      const departure = (newest(window, row, k) - level[cell]!) / scale;
      this.#departed[k] = outward(departure, this.#sign[k]!);
    }
    return topMean(this.#departed, top);
  }

  /** Keeps the level of now as that from before an episode. */
  freeze(row: number): void {
    const from = row * this.width;
    this.#before.set(this.#level.subarray(from, from + this.width), from);
  }

  /** Moves the level towards the newest values and, in normal life, the size of usual departures too. */
  learn(window: Looked, row: number, within: 'normal life' | 'an episode'): void {
    const n = this.#seen[row]! + 1;
    this.#seen[row] = n;
    const gain = Math.max(this.#gain, 1 / n);
    const slow = Math.max(1 / this.#memory.scale, 1 / n);
    for (let k = 0; k < this.width; k++) {
      const cell = row * this.width + k;
      const z = window.at(row, 0, k);
      if (Number.isNaN(z)) continue;
      const level = this.#level[cell]!;
      if (within === 'normal life' && !Number.isNaN(level)) {
        const departure = newest(window, row, k) - level;
        this.#square[cell] = this.#square[cell]! + (departure * departure - this.#square[cell]!) * slow;
      }
      this.#level[cell] = Number.isNaN(level) ? z : level + (z - level) * gain;
    }
  }

  /** Puts a row's levels, held on the scale of one baseline, on that of another. */
  rescale(row: number, old: Baseline, next: Baseline): void {
    for (let cell = row * this.width; cell < (row + 1) * this.width; cell++) {
      const factor = old.scale[cell]! / next.scale[cell]!;
      if (!(factor > 0)) continue;
      const shift = (old.centre[cell]! - next.centre[cell]!) / next.scale[cell]!;
      this.#level[cell] = this.#level[cell]! * factor + shift;
      this.#before[cell] = this.#before[cell]! * factor + shift;
      this.#square[cell] = this.#square[cell]! * factor * factor;
    }
  }

  /** The state as arrays: levels, levels before, squares, rows seen. */
  get state(): readonly Float32Array[] {
    return [this.#level, this.#before, this.#square, this.#seen];
  }

  /** Takes the rows `from` (-1 = none) of the state of another of the same width. */
  restore([level, before, square, seen]: readonly ArrayLike<number>[], from: Int32Array): void {
    if (!level || !before || !square || !seen) throw new RangeError('the state of departures is missing');
    const { width } = this;
    from.forEach((old, row) => {
      if (old < 0) return;
      for (let k = 0; k < width; k++) {
        this.#level[row * width + k] = level[old * width + k]!;
        this.#before[row * width + k] = before[old * width + k]!;
        this.#square[row * width + k] = square[old * width + k]!;
      }
      this.#seen[row] = seen[old]!;
    });
  }
}

/** Mean of a signal's two newest values, of the newest alone where the one before is missing; NaN where the newest is. */
function newest(window: Looked, row: number, signal: number): number {
  const now = window.at(row, 0, signal);
  const before = window.at(row, 1, signal);
  return Number.isNaN(before) ? now : (now + before) / 2;
}
