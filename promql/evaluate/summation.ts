/**
 * A sum whose rounding errors are kept beside it and added at the end (Neumaier 1974, Kahan's summation improved): of 1e100, 1 and
 * -1e100 it is 1. As in Prometheus, a sum that is infinite has no error.
 */
export class Summation {
  #sum = 0;
  #error = 0;

  add(value: number): void {
    const next = this.#sum + value;
    if (!Number.isFinite(next)) this.#error = 0;
    else if (Math.abs(this.#sum) >= Math.abs(value)) this.#error += this.#sum - next + value;
    else this.#error += value - next + this.#sum;
    this.#sum = next;
  }

  get total(): number {
    return this.#sum + this.#error;
  }
}

/** The mean of `n` values, of which the newest is `value` and `mean` that of those before; an infinite mean stays what it is for finite ones. */
export function stepOfMean(mean: number, value: number, n: number): number {
  if (!Number.isFinite(mean) && !Number.isNaN(mean) && (mean === value || Number.isFinite(value)))
    return mean;
  return mean + (value / n - mean / n);
}
