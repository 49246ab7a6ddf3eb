/**
 * Cauchy combination (Liu and Xie 2020, eq. 1): T = sum w_i tan((0.5 - p_i) pi), p = 0.5 - atan(T) / pi. Valid for small p
 * whatever the dependence between the parts. Parts that are NaN are left out; NaN when all are.
 */
export function combineCauchy(p: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const part = p[i]!;
    if (Number.isNaN(part)) continue;
    const weight = weights?.[i] ?? 1;
    const bounded = Math.min(0.999, Math.max(1e-15, part));
    sum += weight * (bounded < 1e-5 ? 1 / (bounded * Math.PI) : Math.tan((0.5 - bounded) * Math.PI));
    total += weight;
  }
  if (total === 0) return Number.NaN;
  const t = sum / total;
  return t > 1e5 ? 1 / (t * Math.PI) : 0.5 - Math.atan(t) / Math.PI;
}

/** What -log10 of a p-value is on average when nothing is wrong: log10(e). */
const chance = Math.LOG10E;

/**
 * Evidence of several detectors: the weighted mean of -log10 p (Fisher's statistic, as a mean), above what chance gives, at
 * least 0. It ranks rows; it is no p-value. Parts that are NaN are left out; NaN when all are.
 */
export function meanEvidence(p: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const part = p[i]!;
    if (Number.isNaN(part)) continue;
    sum -= weights[i]! * Math.log10(part);
    total += weights[i]!;
  }
  return total === 0 ? Number.NaN : Math.max(0, sum / total - chance);
}

const minute = 60_000;
/** Time constants of the peak and of the mean in ms, but so many steps at least. */
const peakTime = { length: 10 * minute, steps: 2 } as const;
const meanTime = { length: 90 * minute, steps: 12 } as const;
/** Weight of the mean beside the peak. */
const meanWeight = 2;

function decayOf({ length, steps }: { readonly length: number; readonly steps: number }, step: number) {
  return Math.exp(-step / Math.max(length, steps * step));
}

/**
 * A running mean that falls exponentially but rises at the rate of its target, until it is there: the score of a fault that
 * stays comes to rest within 90 minutes, and can become the new normal.
 */
function risen(mean: number, target: number, gain: number): number {
  return target > mean ? Math.min(target, mean + gain * target) : mean + gain * (target - mean);
}

/**
 * Evidence that lasts, row by row: of its square the peak of late, which fades within minutes, and a mean of the last
 * 90 minutes, s = sqrt((peak + 2 mean) / 3). A short fault is seen at once, a long one stays above what noise reaches in a moment.
 * A constant evidence is its own score.
 */
export class LastingEvidence {
  readonly peak: Float32Array;
  readonly mean: Float32Array;
  readonly #peakDecay: number;
  readonly #meanDecay: number;

  constructor(rows: number, step: number) {
    this.peak = new Float32Array(rows);
    this.mean = new Float32Array(rows);
    this.#peakDecay = decayOf(peakTime, step);
    this.#meanDecay = decayOf(meanTime, step);
  }

  /** Takes the row's newest evidence and answers its score; NaN moves nothing and answers NaN. */
  step(row: number, evidence: number): number {
    if (Number.isNaN(evidence)) return Number.NaN;
    const square = evidence * evidence;
    const peak = Math.max(square, this.#peakDecay * this.peak[row]!);
    const mean = risen(this.mean[row]!, square, 1 - this.#meanDecay);
    this.peak[row] = peak;
    this.mean[row] = mean;
    return Math.sqrt((peak + meanWeight * mean) / (1 + meanWeight));
  }

  /** Takes over the rows of another: row i those of its row `from[i]`, -1 none. */
  adopt(other: LastingEvidence, from: Int32Array): this {
    from.forEach((was, row) => {
      if (was < 0) return;
      this.peak[row] = other.peak[was]!;
      this.mean[row] = other.mean[was]!;
    });
    return this;
  }
}
