/** Prometheus' quantile of `values` (sorted in place, NaN first): linear between ranks, infinite outside of [0, 1]. */
export function promQuantile(q: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  values.sort();
  // The sort of typed arrays puts NaN last; here it comes first.
  const numbers = values.findLastIndex(value => !Number.isNaN(value)) + 1;
  if (numbers < values.length) {
    values.copyWithin(values.length - numbers, 0, numbers);
    values.fill(Number.NaN, 0, values.length - numbers);
  }
  const rank = q * (values.length - 1);
  const low = Math.max(0, Math.floor(rank));
  const high = Math.min(values.length - 1, low + 1);
  const weight = rank - Math.floor(rank);
  return values[low]! * (1 - weight) + values[high]! * weight;
}

/** Ascending, NaN before everything. */
export function nanFirst(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
