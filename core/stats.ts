/** The finite values of `values`, sorted ascending. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) out[n++] = values[i]!;
  return out.subarray(0, n).sort();
}

/** Quantile of sorted values by linear interpolation (Hyndman and Fan 1996, type 7); NaN when there are none. */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low]!;
  return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}

/** Quantile of the finite values; NaN when there are none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileSorted(sortedFinite(values), q);
}

/** Median of the finite values; NaN when there are none. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * Robust centre and scale of the finite values: median, and the larger of the interquartile range / 1.349, the median
 * absolute deviation x 1.4826, and `relativeFloor` of |median|, so that a nearly constant signal has no vanishing scale.
 */
export function robustScale(
  values: ArrayLike<number>,
  relativeFloor = 0.01,
): { centre: number; scale: number } {
  const sorted = sortedFinite(values);
  const centre = quantileSorted(sorted, 0.5);
  const spread = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.349;
  const mad = 1.4826 * median(sorted.map(v => Math.abs(v - centre)));
  return { centre, scale: Math.max(spread, mad, relativeFloor * Math.abs(centre), 1e-12) };
}
