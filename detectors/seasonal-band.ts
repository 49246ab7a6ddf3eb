import type { Band } from '../core/detector.ts';
import { readBytes, writeBytes } from './bytes.ts';

const hours = 168;
const quantiles = [0.01, 0.5, 0.99] as const;
const parts = quantiles.length;
/** 1970-01-01 was a Thursday: the number of the hour of the week starts there, which no one sees. */
const hour = 3_600_000;

/**
 * The expected range of each cell (row x signal) by hour of the week: 168 hours x 3 quantiles in Float32, streamed by
 * stochastic approximation (Robbins and Monro 1951): q <- q + g (tau - 1[x < q]), g = spread x max(1 / n, floor).
 * A band of an hour of the week needs two weeks, of an hour of the day two days; before, all hours share one.
 */
export class SeasonalBands {
  readonly rows: number;
  readonly width: number;
  readonly #table: Float32Array;
  readonly #seen: Float32Array;
  readonly #spread: Float32Array;

  constructor(rows: number, width: number) {
    this.rows = rows;
    this.width = width;
    this.#table = new Float32Array(rows * width * hours * parts).fill(Number.NaN);
    this.#seen = new Float32Array(rows * width);
    this.#spread = new Float32Array(rows * width).fill(Number.NaN);
  }

  /** Bytes of state a cell. */
  static get bytesPerSeries(): number {
    return hours * parts * 4 + 8;
  }

  /** Takes a whole history of one cell at once: exact quantiles of each hour where there are enough values. */
  fit(cell: number, t: Float64Array, values: Float64Array): void {
    const all = values.filter(v => Number.isFinite(v)).sort();
    if (all.length === 0) return;
    const at = (sorted: Float64Array, q: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
    this.#spread[cell] = Math.max(
      (at(all, 0.75) - at(all, 0.25)) / 1.349,
      1e-3 * Math.abs(at(all, 0.5)),
      1e-9,
    );
    this.#seen[cell] = all.length;
    const days = (t[t.length - 1]! - t[0]!) / (24 * hour);
    const period = days >= 14 ? hours : days >= 2 ? 24 : 1;
    const buckets: number[][] = Array.from({ length: period }, () => []);
    for (let i = 0; i < t.length; i++)
      if (Number.isFinite(values[i]!)) buckets[Math.floor(t[i]! / hour) % period]!.push(values[i]!);
    for (let h = 0; h < hours; h++) {
      const own = buckets[h % period]!;
      const sorted = own.length >= 8 ? Float64Array.from(own).sort() : all;
      for (let k = 0; k < parts; k++) this.#table[(cell * hours + h) * parts + k] = at(sorted, quantiles[k]!);
    }
  }

  /** low, mid, high of the cell at `t` (ms) into `out`; NaN before anything was learned. */
  read(cell: number, t: number, out: Float64Array): void {
    const from = (cell * hours + (Math.floor(t / hour) % hours)) * parts;
    for (let k = 0; k < parts; k++) out[k] = this.#table[from + k]!;
  }

  /** The band of the cell under the signal's name; undefined before anything was learned. */
  band(cell: number, t: number, signal: string): Band | undefined {
    const out = new Float64Array(parts);
    this.read(cell, t, out);
    const [low, mid, high] = out;
    if (low === undefined || mid === undefined || high === undefined || Number.isNaN(mid)) return undefined;
    return { signal, low, mid, high };
  }

  /** From the lowest to the highest that is expected of the cell in any hour of the week; NaN before anything was learned. */
  range(cell: number): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let from = cell * hours * parts; from < (cell + 1) * hours * parts; from += parts) {
      low = Math.min(low, this.#table[from]!);
      high = Math.max(high, this.#table[from + parts - 1]!);
    }
    return high - low;
  }

  /** Signed distance outside the band in units of the cell's spread: above > 0, below < 0, inside 0; NaN when unknown. */
  outside(cell: number, t: number, value: number): number {
    const from = (cell * hours + (Math.floor(t / hour) % hours)) * parts;
    const low = this.#table[from]!;
    const high = this.#table[from + 2]!;
    if (value >= low && value <= high) return 0;
    return (value - (value > high ? high : low)) / this.#spread[cell]!;
  }

  /** Moves the quantiles of the hour of `t` towards one more value of normal life; NaN is ignored. */
  learn(cell: number, t: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const seen = this.#seen[cell]! + 1;
    this.#seen[cell] = seen;
    if (seen === 1) {
      this.#spread[cell] = Math.max(0.05 * Math.abs(value), 1e-9);
      this.#table.fill(value, cell * hours * parts, (cell + 1) * hours * parts);
      return;
    }
    const from = (cell * hours + (Math.floor(t / hour) % hours)) * parts;
    const gain = this.#spread[cell]! * Math.max(0.02, 1 / seen);
    for (let k = 0; k < parts; k++) {
      const q = this.#table[from + k]!;
      this.#table[from + k] = q + gain * (quantiles[k]! - (value < q ? 1 : 0));
    }
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array): SeasonalBands {
    const next = new SeasonalBands(from.length, this.width);
    const cells = this.width * hours * parts;
    from.forEach((old, row) => {
      if (old < 0) return;
      next.#table.set(this.#table.subarray(old * cells, (old + 1) * cells), row * cells);
      next.#seen.set(this.#seen.subarray(old * this.width, (old + 1) * this.width), row * this.width);
      next.#spread.set(this.#spread.subarray(old * this.width, (old + 1) * this.width), row * this.width);
    });
    return next;
  }

  /** Takes `row` over from another's row `theirs`. */
  copy(row: number, other: SeasonalBands, theirs: number): void {
    const cells = this.width * hours * parts;
    const { width } = this;
    this.#table.set(other.#table.subarray(theirs * cells, (theirs + 1) * cells), row * cells);
    this.#seen.set(other.#seen.subarray(theirs * width, (theirs + 1) * width), row * width);
    this.#spread.set(other.#spread.subarray(theirs * width, (theirs + 1) * width), row * width);
  }

  toBytes(): Uint8Array {
    return writeBytes({ rows: this.rows, width: this.width }, [this.#table, this.#seen, this.#spread]);
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array): SeasonalBands {
    const { head, arrays } = readBytes(bytes);
    const bands = new SeasonalBands(head.rows ?? 0, head.width ?? 0);
    const [table, seen, spread] = arrays;
    if (table?.length !== bands.#table.length || seen === undefined || spread === undefined)
      throw new RangeError('the bytes are not those of seasonal bands');
    bands.#table.set(table);
    bands.#seen.set(seen);
    bands.#spread.set(spread);
    return bands;
  }
}
