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
