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

/** The standard normal quantile (Wichura 1988 is exact to 1e-16; this is Acklam's, to 1e-9). */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const poly = (c: readonly number[], x: number) => c.reduce((sum, ci) => sum * x + ci, 0);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const above = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734];
    const below = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
    return poly([...above, 4.374664141464968, 2.938163982698783], q) / poly(below, q);
  }
  const q = p - 0.5;
  const r = q * q;
  const above = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269];
  const below = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972];
  return (
    (poly([...above, -30.66479806614716, 2.506628277459239], r) * q) /
    poly([...below, -13.28068155288572, 1], r)
  );
}
