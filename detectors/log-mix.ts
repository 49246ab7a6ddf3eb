import type { Slot, Tally } from './log-slot.ts';

/** Fewer lines in the window say nothing of a mix. */
const leastLines = 20;

/**
 * How far the mix of templates of the last window is from what is usual: Jensen-Shannon distance in bits (Lin 1991; Endres and
 * Schindelin 2003: its square root is a metric), from 0 to 1, less what chance alone gives: (K - 1) / (8 n ln 2) bits for K
 * templates and n lines.
 */
export class MixWindow {
  readonly #steps: (readonly Tally[])[] = [];
  readonly #active = new Set<Slot>();
  readonly #length: number;
  #lines = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** Takes the next step. */
  push(tallies: readonly Tally[]): void {
    this.#steps.push(tallies);
    for (const { slot, count } of tallies) {
      slot.inWindow += count;
      this.#lines += count;
      this.#active.add(slot);
    }
    if (this.#steps.length > this.#length) this.#forget(this.#steps.shift()!);
  }

  #forget(tallies: readonly Tally[]): void {
    for (const { slot, count } of tallies) {
      slot.inWindow -= count;
      this.#lines -= count;
      if (slot.inWindow === 0) this.#active.delete(slot);
    }
  }

  /** The distance; NaN with too few lines. `total` is the sum of all weights. */
  distance(total: number): number {
    const n = this.#lines;
    if (n < leastLines || !(total > 0)) return Number.NaN;
    let shared = 0;
    let bits = 0;
    for (const slot of this.#active) {
      const p = slot.inWindow / n;
      const q = slot.weight / total;
      const m = (p + q) / 2;
      bits += (p * Math.log2(p / m) + (q > 0 ? q * Math.log2(q / m) : 0)) / 2;
      shared += q;
    }
    bits += Math.max(0, 1 - shared) / 2;
    const chance = (this.#active.size - 1) / (8 * n * Math.LN2);
    return Math.sqrt(Math.max(0, Math.min(1, bits - chance)));
  }

  /** The steps, oldest first, as they are stored. */
  get steps(): readonly (readonly Tally[])[] {
    return this.#steps;
  }
}
