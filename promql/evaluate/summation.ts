/**
 * The sum of `v` from `from` to before `to`, whose rounding errors are kept beside it and added at the end (Neumaier 1974, Kahan's
 * summation improved): of 1e100, 1 and -1e100 it is 1. As in Prometheus, a sum that is infinite has no error.
 */
export function summed(v: Float64Array, from: number, to: number): number {
  let sum = 0;
  let error = 0;
  for (let i = from; i < to; i++) {
    const value = v[i]!;
    const next = sum + value;
    if (Math.abs(sum) >= Math.abs(value)) error += sum - next + value;
    else error += value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + error : sum;
}

/** The mean of `n` values, of which the newest is `value` and `mean` that of those before; an infinite mean stays what it is for finite ones. */
export function stepOfMean(mean: number, value: number, n: number): number {
  if (!Number.isFinite(mean) && !Number.isNaN(mean) && (mean === value || Number.isFinite(value)))
    return mean;
  return mean + (value / n - mean / n);
}
