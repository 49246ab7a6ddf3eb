/** Log odds = base + sum of weight x (value - mean) / deviation; a missing value counts as the mean. */
export interface Logistic {
  readonly base: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly weight: readonly number[];
}

export interface LogisticRows {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

const rounds = 12;
const most = 4;

function scaleOf(
  column: Float64Array,
  rows: LogisticRows,
): { readonly mean: number; readonly deviation: number } {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (Number.isNaN(value)) continue;
    n += rows.weight[i]!;
    sum += rows.weight[i]! * value;
    squares += rows.weight[i]! * value * value;
  }
  if (n === 0) return { mean: 0, deviation: 1 };
  const mean = sum / n;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / n - mean * mean)) || 1 };
}

/** Values further out than a few deviations say no more than those. */
const scaled = (value: number, mean: number, deviation: number) =>
  Number.isNaN(value) ? 0 : Math.max(-most, Math.min(most, (value - mean) / deviation));

/** Solves A x = b for a symmetric positive definite A (row by row, n x n), in place, by Cholesky's method. */
function solve(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j * n + j]!;
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] = b[i]! - a[i * n + k]! * b[k]!;
    b[i] = b[i]! / a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] = b[i]! - a[k * n + i]! * b[k]!;
    b[i] = b[i]! / a[i * n + i]!;
  }
}

/**
 * Logistic regression with a ridge on all weights but the base, by Newton's steps (Hastie, Tibshirani, Friedman 2009,
 * eq. 4.26-4.27, 4.31 with a square). Deterministic.
 */
export function fitLogistic(rows: LogisticRows, ridge: number): Logistic {
  const scales = rows.columns.map(column => scaleOf(column, rows));
  const n = rows.columns.length + 1;
  const z = rows.columns.map((column, k) =>
    column.map(value => scaled(value, scales[k]!.mean, scales[k]!.deviation)),
  );
  const beta = new Float64Array(n);
  const x = new Float64Array(n);
  for (let round = 0; round < rounds; round++) {
    const hessian = new Float64Array(n * n);
    const gradient = new Float64Array(n);
    for (let i = 0; i < rows.y.length; i++) {
      x[0] = 1;
      for (let k = 1; k < n; k++) x[k] = z[k - 1]![i]!;
      let odds = 0;
      for (let k = 0; k < n; k++) odds += beta[k]! * x[k]!;
      const p = 1 / (1 + Math.exp(-odds));
      const slope = rows.weight[i]! * (rows.y[i]! - p);
      const bend = rows.weight[i]! * Math.max(1e-6, p * (1 - p));
      for (let j = 0; j < n; j++) {
        gradient[j] = gradient[j]! + slope * x[j]!;
        for (let k = 0; k <= j; k++) hessian[j * n + k] = hessian[j * n + k]! + bend * x[j]! * x[k]!;
      }
    }
    for (let k = 0; k < n; k++) {
      const own = k === 0 ? 1e-6 : ridge;
      gradient[k] = gradient[k]! - own * beta[k]!;
      hessian[k * n + k] = hessian[k * n + k]! + own;
    }
    solve(hessian, gradient);
    for (let k = 0; k < n; k++) beta[k] = beta[k]! + Math.max(-2, Math.min(2, gradient[k]!));
  }
  return {
    base: beta[0]!,
    mean: scales.map(({ mean }) => mean),
    deviation: scales.map(({ deviation }) => deviation),
    weight: [...beta.subarray(1)],
  };
}

/** The log odds of one row; `shares`, one a column, is set to what each column moved them by. */
export function logisticOdds(model: Logistic, row: ArrayLike<number>, shares?: Float64Array): number {
  let odds = model.base;
  for (let k = 0; k < model.weight.length; k++) {
    const share = model.weight[k]! * scaled(row[k]!, model.mean[k]!, model.deviation[k]!);
    if (shares) shares[k] = share;
    odds += share;
  }
  return odds;
}
