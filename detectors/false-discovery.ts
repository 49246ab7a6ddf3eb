/**
 * q-values of Benjamini and Yekutieli (2001, theorem 1.3), valid whatever the dependence between the p-values:
 * q_(i) = min over j >= i of p_(j) m c(m) / j, c(m) = 1 + 1/2 + ... + 1/m, at most 1. Of all whose q is at most a, the share a at
 * most is expected to be false. NaN stays NaN and is none of the m.
 */
export function qValues(p: ArrayLike<number>): Float64Array {
  const q = new Float64Array(p.length).fill(Number.NaN);
  const order = Array.from({ length: p.length }, (_, i) => i).filter(i => !Number.isNaN(p[i]!));
  order.sort((a, b) => p[a]! - p[b]!);
  const m = order.length;
  let harmonic = 0;
  for (let i = 1; i <= m; i++) harmonic += 1 / i;
  let least = 1;
  for (let rank = m; rank >= 1; rank--) {
    const i = order[rank - 1]!;
    least = Math.min(least, (p[i]! * m * harmonic) / rank);
    q[i] = least;
  }
  return q;
}
