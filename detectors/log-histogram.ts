import { readBytes, writeBytes } from './bytes.ts';

const bins = 96;
const smallest = 0.03;
/** Bins of a factor of e: each is 11.8 % wide. */
const perE = 9;
/** Weights are brought back to 1 when they have grown to this. */
const heaviest = 1e6;

/**
 * Long memories of positive scores, one a cell: how often each size was seen, in 96 bins of 11.8 % from 0.03 to 1,290, older
 * scores counting less by a factor of e in every `memory` scores. 392 bytes a cell give any p-value; beyond the largest
 * score the tail goes on as a Pareto of index 3, as of the square root of what is rarer than one.
 */
export class LogHistograms {
  readonly cells: number;
  readonly memory: number;
  readonly #weight: Float32Array;
  readonly #unit: Float32Array;
  readonly #total: Float32Array;

  constructor(cells: number, memory: number) {
    this.cells = cells;
    this.memory = memory;
    this.#weight = new Float32Array(cells * bins);
    this.#unit = new Float32Array(cells).fill(1);
    this.#total = new Float32Array(cells);
  }

  static get bytesPerCell(): number {
    return (bins + 2) * 4;
  }

  /** How many scores the cell's scale stands on, old ones counting less. */
  samples(cell: number): number {
    return this.#total[cell]! / this.#unit[cell]!;
  }

  /** P(score >= s) with half a score added, between the bins' edges along a line; NaN for a NaN or an empty cell. */
  pValue(cell: number, score: number): number {
    const total = this.#total[cell]!;
    if (!(total > 0) || Number.isNaN(score)) return Number.NaN;
    const place = placeOf(score);
    const bin = Math.floor(place);
    const from = cell * bins;
    let above = 0;
    let top = bins - 1;
    while (top > 0 && this.#weight[from + top]! === 0) top--;
    for (let i = top; i > bin; i--) above += this.#weight[from + i]!;
    if (bin <= top) above += this.#weight[from + bin]! * (bin + 1 - place);
    const half = this.#unit[cell]! / 2;
    const beyond = Math.exp(-(3 / perE) * Math.max(0, place - top - 1));
    return Math.min(1, (above + half * beyond) / (total + half));
  }

  /** Takes one score; NaN is ignored. */
  learn(cell: number, score: number): void {
    if (Number.isNaN(score)) return;
    const unit = this.#unit[cell]! * (1 + 1 / this.memory);
    const bin = cell * bins + Math.floor(placeOf(score));
    this.#unit[cell] = unit;
    this.#weight[bin] = this.#weight[bin]! + unit;
    this.#total[cell] = this.#total[cell]! + unit;
    if (unit > heaviest) this.#lighten(cell);
  }

  #lighten(cell: number): void {
    const unit = this.#unit[cell]!;
    let total = 0;
    for (let i = cell * bins; i < (cell + 1) * bins; i++) {
      const weight = this.#weight[i]! / unit;
      this.#weight[i] = weight < 1e-6 ? 0 : weight;
      total += this.#weight[i]!;
    }
    this.#total[cell] = total;
    this.#unit[cell] = 1;
  }

  /** The same state for another membership: cell i takes over cell `from[i]`, -1 starts empty. */
  remap(from: Int32Array): LogHistograms {
    const next = new LogHistograms(from.length, this.memory);
    from.forEach((old, cell) => {
      if (old < 0) return;
      next.#weight.set(this.#weight.subarray(old * bins, (old + 1) * bins), cell * bins);
      next.#unit[cell] = this.#unit[old]!;
      next.#total[cell] = this.#total[old]!;
    });
    return next;
  }

  toBytes(): Uint8Array {
    const { cells, memory } = this;
    return writeBytes({ cells, memory }, [this.#weight, this.#unit, this.#total]);
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array): LogHistograms {
    const { head, arrays } = readBytes(bytes);
    const all = new LogHistograms(head.cells ?? 0, head.memory ?? 1);
    const [weight, unit, total] = arrays;
    if (weight?.length !== all.#weight.length || unit?.length !== all.cells || total?.length !== all.cells)
      throw new RangeError('the bytes are not those of histograms of scores');
    all.#weight.set(weight);
    all.#unit.set(unit);
    all.#total.set(total);
    return all;
  }
}

/** Where a score lies on the scale of bins, from 0 to just below their number. */
function placeOf(score: number): number {
  return Math.max(0, Math.min(bins - 1e-6, perE * Math.log(Math.max(score, smallest) / smallest)));
}
