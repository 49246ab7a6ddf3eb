/** Largest sample of scores that a class's scale keeps. */
const limit = 8192;

/**
 * A class's own scale for one detector, from scores of held-out normal history: p = (1 + #{scores >= s}) / (1 + n), going
 * on beyond the largest as a Pareto of index 2 over the distance from the 90 % quantile. Serves as the prior of a row that
 * has not yet learned its own scale, and brings several detectors to one scale before they are combined.
 */
export class PooledTail {
  readonly #sorted: Float32Array;

  constructor(scores: ArrayLike<number>) {
    const present = Float32Array.from(scores)
      .filter(v => Number.isFinite(v))
      .sort();
    if (present.length <= limit) {
      this.#sorted = present;
      return;
    }
    this.#sorted = new Float32Array(limit);
    for (let i = 0; i < limit; i++)
      this.#sorted[i] = present[Math.floor((i * (present.length - 1)) / (limit - 1))]!;
  }

  /** Sorted scores, as kept: what rebuilds this scale. */
  get scores(): Float64Array {
    return Float64Array.from(this.#sorted);
  }

  /** NaN for NaN or when nothing was learned. */
  pValue(exact: number): number {
    const sorted = this.#sorted;
    const score = Math.fround(exact);
    const n = sorted.length;
    if (n === 0 || Number.isNaN(score)) return Number.NaN;
    const max = sorted[n - 1]!;
    if (score > max) {
      const width = Math.max(max - sorted[Math.floor(0.9 * n)]!, 0.01 * Math.abs(max), 1e-9);
      return (1 + (score - max) / width) ** -2 / (1 + n);
    }
    let low = 0;
    let high = n;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (sorted[mid]! < score) low = mid + 1;
      else high = mid;
    }
    return (1 + n - low) / (1 + n);
  }
}
