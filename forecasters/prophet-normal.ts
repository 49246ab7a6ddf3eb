/** Sums of products of a least-squares problem: G = Z'Z (row-major, symmetric), b = Z'y, yy = y'y. */
export interface Normal {
  readonly G: Float64Array;
  readonly b: Float64Array;
  readonly yy: number;
}

/** sum a_i b_i; four sums at once, as one alone waits for each addition. */
function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < n; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** Rows taken at a time: all columns of a block stay in the cache. */
const block = 512;

/** The normal equations of `Z` (p columns of n rows, one after another) and `y`. */
export function normalEquations(Z: Float64Array, y: Float64Array): Normal {
  const n = y.length;
  const p = n === 0 ? 0 : Z.length / n;
  const G = new Float64Array(p * p);
  const b = new Float64Array(p);
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    const yb = y.subarray(from, to);
    const columns = Array.from({ length: p }, (_, j) => Z.subarray(j * n + from, j * n + to));
    for (let j = 0; j < p; j++) {
      b[j]! += dot(columns[j]!, yb);
      for (let k = 0; k <= j; k++) G[j * p + k]! += dot(columns[j]!, columns[k]!);
    }
  }
  for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) G[k * p + j] = G[j * p + k]!;
  return { G, b, yy: dot(y, y) };
}

/** Solves A x = b by Cholesky's decomposition, in place: `A` (row-major, positive definite) is overwritten, `x` holds b, then x. */
export function solveCholesky(A: Float64Array, x: Float64Array): Float64Array {
  const p = x.length;
  const A0 = x.map((_, j) => A[j * p + j]! || 1);
  for (let j = 0; j < p; j++) {
    const rj = j * p;
    let d = A[rj + j]!;
    for (let k = 0; k < j; k++) d -= A[rj + k]! * A[rj + k]!;
    const root = Math.sqrt(Math.max(d, 1e-14 * A0[j]!));
    A[rj + j] = root;
    for (let i = j + 1; i < p; i++) {
      const ri = i * p;
      let s = A[ri + j]!;
      for (let k = 0; k < j; k++) s -= A[ri + k]! * A[rj + k]!;
      A[ri + j] = s / root;
    }
  }
  for (let i = 0; i < p; i++) {
    let s = x[i]!;
    for (let k = 0; k < i; k++) s -= A[i * p + k]! * x[k]!;
    x[i] = s / A[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    let s = x[i]!;
    for (let k = i + 1; k < p; k++) s -= A[k * p + i]! * x[k]!;
    x[i] = s / A[i * p + i]!;
  }
  return x;
}

/** |y - Z x|^2 of x, from the sums alone; never below 0. */
export function squares({ G, b, yy }: Normal, x: Float64Array): number {
  const p = x.length;
  let rss = yy;
  for (let j = 0; j < p; j++) rss += x[j]! * (dot(G.subarray(j * p, (j + 1) * p), x) - 2 * b[j]!);
  return Math.max(rss, 0);
}
