/** One-sided 95 %. */
const z = 1.645;

/**
 * The share that `hits` of `n` show at least, with 95 % confidence: the lower end of the score interval (Wilson 1927);
 * 0 without a trial.
 */
export function shareAtLeast(hits: number, n: number): number {
  if (n === 0) return 0;
  const p = hits / n;
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return Math.max(0, (p + (z * z) / (2 * n) - spread) / (1 + (z * z) / n));
}
