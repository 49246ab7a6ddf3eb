import { readBytes, writeBytes } from './bytes.ts';

/** Largest values kept in each of two generations, and how many values one generation takes. */
const kept = 8;
const generation = 4096;
/** Fewer values than this, or exceedances than that, say nothing. */
const leastValues = 100;
const leastExceedances = 5;
/** The tail is fitted to this share of the values, ten of them at least. */
const tailShare = 0.01;
/** Shape that metrics have on the whole, and how many exceedances it weighs. */
const priorShape = 0.2;
const priorWeight = 20;
/** An empirical p above this is unremarkable: the tail is silent. */
const remarkable = 0.01;
/** Float32 ends here. */
const largest = 3e38;

/**
 * Upper tails of many streams of numbers: p(x) = share x (1 + shape (x - u) / scale)^(-1 / shape), a generalised Pareto
 * distribution over the threshold u (Pickands 1975), fitted by probability-weighted moments (Hosking and Wallis 1987), the
 * shape shrunk towards 0.2. A cell keeps the 8 largest values of this and of the last 4,096: 72 bytes.
 */
export class UpperTails {
  readonly cells: number;
  readonly #top: Float32Array;
  /** Values seen in either generation of each cell; the one that is filled now is told by `#young`. */
  readonly #count: Float32Array;
  readonly #young: Uint8Array;
  readonly #merged = new Float64Array(2 * kept);

  constructor(cells: number) {
    this.cells = cells;
    this.#top = new Float32Array(cells * 2 * kept);
    this.#count = new Float32Array(cells * 2);
    this.#young = new Uint8Array(cells);
  }

  static get bytesPerCell(): number {
    return 2 * kept * 4 + 2 * 4 + 1;
  }

  /** P(X >= x) of the cell, 1 when that is unremarkable or too little is known. `least`: smallest scale, in x's unit. */
  pValue(cell: number, x: number, least: number): number {
    const n = this.#count[2 * cell]! + this.#count[2 * cell + 1]!;
    if (n < leastValues || !(x > this.#floor(cell))) return 1;
    const exceedances = this.#merge(cell, Math.max(10, Math.floor(tailShare * n)) + 1) - 1;
    const threshold = this.#merged[exceedances]!;
    if (exceedances < leastExceedances || !(x > threshold)) return 1;
    let above = 0;
    while (above < exceedances && this.#merged[above]! >= x) above++;
    const empirical = (1 + above) / (1 + n);
    if (empirical > remarkable) return 1;
    return Math.min(empirical, (exceedances / n) * this.#pareto(exceedances, x, least));
  }

  /** Below this a value is in neither list: silent at the price of a comparison. */
  #floor(cell: number): number {
    let floor = Number.NEGATIVE_INFINITY;
    for (let g = 2 * cell; g < 2 * cell + 2; g++)
      if (this.#count[g]! > kept) floor = Math.max(floor, this.#top[g * kept + kept - 1]!);
    return floor;
  }

  /** The largest values of both generations in descending order, `most` at most, as far as both lists reach. */
  #merge(cell: number, most: number): number {
    const floor = this.#floor(cell);
    const [a, b] = [2 * cell * kept, (2 * cell + 1) * kept];
    const endA = a + Math.min(kept, this.#count[2 * cell]!);
    const endB = b + Math.min(kept, this.#count[2 * cell + 1]!);
    let [i, j, n] = [a, b, 0];
    while (n < most && (i < endA || j < endB)) {
      const first = j >= endB || (i < endA && this.#top[i]! >= this.#top[j]!);
      const value = this.#top[first ? i++ : j++]!;
      if (value < floor) break;
      this.#merged[n++] = value;
    }
    return n;
  }

  /** Survival of the Pareto distribution at x, fitted to the merged values over the last of them. */
  #pareto(n: number, x: number, least: number): number {
    const u = this.#merged[n]!;
    let mean = 0;
    let weighted = 0;
    for (let i = 0; i < n; i++) {
      const excess = this.#merged[i]! - u;
      mean += excess / n;
      weighted += (excess * (i + 0.65)) / n / n;
    }
    const fitted = mean > 2 * weighted ? 2 - mean / (mean - 2 * weighted) : 0.5;
    const bounded = Math.max(-0.5, Math.min(0.9, fitted));
    const shape = Math.max(0.01, (n * bounded + priorWeight * priorShape) / (n + priorWeight));
    const scale = Math.max(mean * (1 - shape), least, 1e-12);
    return Math.max(1e-300, (1 + (shape * (x - u)) / scale) ** (-1 / shape));
  }

  /** Takes one value of the cell; NaN is ignored. */
  learn(cell: number, x: number): void {
    if (Number.isNaN(x)) return;
    const value = Math.fround(Math.max(-largest, Math.min(largest, x)));
    let g = 2 * cell + this.#young[cell]!;
    if (this.#count[g]! >= generation) {
      this.#young[cell] = 1 - this.#young[cell]!;
      g = 2 * cell + this.#young[cell]!;
      this.#count[g] = 0;
    }
    const have = Math.min(kept, this.#count[g]!);
    this.#count[g] = this.#count[g]! + 1;
    const from = g * kept;
    if (have === kept && this.#top[from + kept - 1]! >= value) return;
    let i = have < kept ? have : kept - 1;
    while (i > 0 && this.#top[from + i - 1]! < value) {
      this.#top[from + i] = this.#top[from + i - 1]!;
      i--;
    }
    this.#top[from + i] = value;
  }

  /** The same state for other rows of `width` cells each: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array, width: number): UpperTails {
    const next = new UpperTails(from.length * width);
    from.forEach((old, row) => {
      if (old < 0) return;
      const [start, end, at] = [old * width, (old + 1) * width, row * width];
      next.#top.set(this.#top.subarray(start * 2 * kept, end * 2 * kept), at * 2 * kept);
      next.#count.set(this.#count.subarray(2 * start, 2 * end), 2 * at);
      next.#young.set(this.#young.subarray(start, end), at);
    });
    return next;
  }

  toBytes(): Uint8Array {
    return writeBytes({ cells: this.cells }, [this.#top, this.#count], [this.#young]);
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array): UpperTails {
    const { head, arrays, blobs } = readBytes(bytes);
    const tails = new UpperTails(head.cells ?? 0);
    const [top, count] = arrays;
    const [young] = blobs;
    if (top?.length !== tails.#top.length || count?.length !== tails.#count.length)
      throw new RangeError('the bytes are not those of upper tails');
    if (young?.length !== tails.cells) throw new RangeError('the bytes are not those of upper tails');
    tails.#top.set(top);
    tails.#count.set(count);
    tails.#young.set(young);
    return tails;
  }
}
