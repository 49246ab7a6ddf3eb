import { readBytes, writeBytes } from './bytes.ts';

const slots = 72;
const kept = 32;
const hour = 3_600_000;

/** Length of one block in ms: an hour, or as long as 12 steps take. */
export function blockLength(step: number): number {
  return Math.max(hour, 12 * step);
}

/**
 * Rolling conformal p-values for all rows of a class (Vovk et al. 2005, eq. 2.20, over a moving window):
 * p = (1 + #{recent scores >= s}) / (1 + n). Per row 72 blocks, each a count and its 32 largest scores in descending
 * order. Below a block's 32nd score all of the block counts, which errs to larger p. Beyond the largest recent score the
 * tail goes on as a Pareto of index 2, p = ((s - u) / (max - u))^-2 / (1 + n), u the median of the blocks' maxima.
 */
export class RollingTail {
  readonly rows: number;
  readonly block: number;
  readonly #count: Float32Array;
  readonly #top: Float32Array;
  readonly #total: Float64Array;
  #slot = -1;
  #blockAt = Number.NaN;
  readonly #maxima = new Float64Array(slots);

  constructor(rows: number, block: number) {
    this.rows = rows;
    this.block = block;
    this.#count = new Float32Array(rows * slots);
    this.#top = new Float32Array(rows * slots * kept);
    this.#total = new Float64Array(rows);
  }

  /** Bytes of state a row. */
  static get bytesPerRow(): number {
    return slots * (kept + 1) * 4 + 8;
  }

  /** How many scores of normal life the row's scale stands on. */
  samples(row: number): number {
    return this.#total[row]!;
  }

  /** Only reads. NaN for a score that is NaN or a row that has learned nothing. */
  pValue(row: number, score: number): number {
    const n = this.#total[row]!;
    if (!(n > 0) || Number.isNaN(score)) return Number.NaN;
    const s = Math.fround(score);
    let above = 0;
    for (let slot = 0; slot < slots; slot++) above += this.#countAbove(row * slots + slot, s);
    return above > 0 ? (1 + above) / (1 + n) : this.#beyond(row, s) / (1 + n);
  }

  #countAbove(cell: number, s: number): number {
    const count = this.#count[cell]!;
    if (count === 0) return 0;
    const from = cell * kept;
    const have = Math.min(count, kept);
    if (this.#top[from]! < s) return 0;
    if (this.#top[from + have - 1]! >= s) return count;
    let low = 1;
    let high = have - 1;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#top[from + mid]! >= s) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  #beyond(row: number, s: number): number {
    let n = 0;
    for (let slot = 0; slot < slots; slot++)
      if (this.#count[row * slots + slot]! > 0) this.#maxima[n++] = this.#top[(row * slots + slot) * kept]!;
    const maxima = this.#maxima.subarray(0, n).sort();
    const max = maxima[n - 1]!;
    const middle = maxima[n >> 1]!;
    const width = Math.max(max - middle, 0.05 * Math.abs(max), 1e-9);
    return (1 + (s - max) / width) ** -2;
  }

  /** Moves all rows on to the block of `t` (ms) and forgets what has left the window. Call once before `learn`s at `t`. */
  advance(t: number): void {
    const at = Math.floor(t / this.block);
    if (at === this.#blockAt) return;
    const first = Number.isNaN(this.#blockAt);
    const move = first ? 1 : Math.min(slots, Math.max(1, at - this.#blockAt));
    this.#blockAt = at;
    for (let i = 0; i < move; i++) {
      this.#slot = (this.#slot + 1) % slots;
      for (let row = 0; row < this.rows; row++) {
        const cell = row * slots + this.#slot;
        this.#total[row] = this.#total[row]! - this.#count[cell]!;
        this.#count[cell] = 0;
      }
    }
  }

  /** Writes one score of normal life. A held row (an open episode) and NaN are not learned. */
  learn(row: number, score: number, held: 0 | 1): void {
    if (held === 1 || Number.isNaN(score)) return;
    const cell = row * slots + this.#slot;
    const count = this.#count[cell]!;
    const from = cell * kept;
    this.#count[cell] = count + 1;
    this.#total[row] = this.#total[row]! + 1;
    const have = Math.min(count, kept);
    const s = Math.fround(score);
    if (have === kept && this.#top[from + kept - 1]! >= s) return;
    let i = have < kept ? have : kept - 1;
    while (i > 0 && this.#top[from + i - 1]! < s) {
      this.#top[from + i] = this.#top[from + i - 1]!;
      i--;
    }
    this.#top[from + i] = s;
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array): RollingTail {
    const next = new RollingTail(from.length, this.block);
    next.#slot = this.#slot;
    next.#blockAt = this.#blockAt;
    from.forEach((old, row) => {
      if (old < 0) return;
      next.#count.set(this.#count.subarray(old * slots, (old + 1) * slots), row * slots);
      next.#top.set(this.#top.subarray(old * slots * kept, (old + 1) * slots * kept), row * slots * kept);
      next.#total[row] = this.#total[old]!;
    });
    return next;
  }

  toBytes(): Uint8Array {
    const head = {
      rows: this.rows,
      block: this.block,
      slot: this.#slot,
      filled: Number.isNaN(this.#blockAt) ? 0 : 1,
    };
    return writeBytes(head, [[this.#blockAt], this.#count, this.#top, this.#total]);
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array): RollingTail {
    const { head, arrays } = readBytes(bytes);
    const tail = new RollingTail(head.rows ?? 0, head.block ?? hour);
    const [at, count, top, total] = arrays;
    if (count?.length !== tail.#count.length || top?.length !== tail.#top.length || total === undefined)
      throw new RangeError('the bytes are not those of a rolling tail');
    tail.#slot = head.slot ?? -1;
    tail.#blockAt = at?.[0] ?? Number.NaN;
    tail.#count.set(count);
    tail.#top.set(top);
    tail.#total.set(total);
    return tail;
  }
}
