/** Largest number of sweeps of the rotations; in practice fewer than ten are needed. */
const sweeps = 50;

/** Mean of x x' over the rows, row-major. */
function secondMoments(rows: readonly Float64Array[], width: number): Float64Array {
  const moments = new Float64Array(width * width);
  for (const row of rows)
    for (let i = 0; i < width; i++) {
      const x = row[i]!;
      if (x !== 0)
        for (let j = 0; j <= i; j++) moments[i * width + j] = moments[i * width + j]! + x * row[j]!;
    }
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      const mean = moments[i * width + j]! / Math.max(1, rows.length);
      moments[i * width + j] = mean;
      moments[j * width + i] = mean;
    }
  return moments;
}

/** One rotation in the plane (p, q) that makes a[p][q] zero: a <- J'aJ, v <- vJ (Golub and Van Loan 2013, 8.5.2). */
function rotate(a: Float64Array, v: Float64Array, p: number, q: number): void {
  const n = Math.sqrt(a.length);
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const tau = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number) => {
    const x = m[i]!;
    const y = m[j]!;
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q);
}

/**
 * The principal components of `rows` (already centred, each `width` long) whose variance is above `least`, largest first,
 * one after another in one array. Cyclic Jacobi rotations of the second moments: exact, deterministic, fit for up to some
 * hundred signals.
 */
export function principalComponents(
  rows: readonly Float64Array[],
  width: number,
  least: number,
): Float64Array {
  const a = secondMoments(rows, width);
  const v = Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  const total = a.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < width; p++) for (let q = p + 1; q < width; q++) off += a[p * width + q]! ** 2;
    if (off <= 1e-20 * total) break;
    for (let p = 0; p < width; p++) for (let q = p + 1; q < width; q++) rotate(a, v, p, q);
  }
  const kept = Array.from({ length: width }, (_, k) => k).filter(k => a[k * width + k]! > least);
  kept.sort((x, y) => a[y * width + y]! - a[x * width + x]! || x - y);
  return Float64Array.from(kept.flatMap(k => Array.from({ length: width }, (_, i) => v[i * width + k]!)));
}
