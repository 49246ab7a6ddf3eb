import { normalEquations } from './prophet-normal.ts';
import { loss, type Penalty, type Point, settle, sigmaOf } from './prophet-settle.ts';
import {
  logisticStart,
  type Trend,
  trendAt,
  trendJacobian,
  trendParameters,
  withParameters,
} from './prophet-trend.ts';

/**
 * The maximum a posteriori of Prophet's model (Taylor and Letham 2018, section 3.1 to 3.4; priors of the reference implementation):
 *
 *   y ~ N(g(t; k, m, delta) (1 + X_m beta) + X_a beta, sigma)
 *   k, m ~ N(0, 5), delta ~ Laplace(0, tau), beta_j ~ N(0, prior_j), sigma ~ N+(0, .5)
 *
 * Minimises n ln sigma + RSS / 2 sigma^2 + 2 sigma^2 + sum ridge_j theta_j^2 / 2 + sum |delta_j| / tau.
 */
export interface MapProblem {
  /** 0..1, ascending. */
  readonly t: Float64Array;
  /** Scaled: of the order of 1. */
  readonly y: Float64Array;
  readonly cap: Float64Array | undefined;
  readonly growth: Trend['growth'];
  readonly changepoints: Float64Array;
  /** Columns besides the trend, each of the length of `t`. */
  readonly X: Float64Array;
  /** Of each column: 1 for a share of the trend, 0 for an addition to it. */
  readonly multiplicative: ArrayLike<number>;
  /** Standard deviation of each column's coefficient. */
  readonly priors: ArrayLike<number>;
  /** Scale of the Laplace prior. */
  readonly tau: number;
}

export interface MapFit {
  readonly trend: Trend;
  readonly beta: Float64Array;
  readonly sigma: number;
}

const trendDeviation = 5;
function penaltyOf(problem: MapProblem, size: number): Penalty {
  const trendSize = size - problem.priors.length;
  const ridge = new Float64Array(size).fill(trendDeviation ** -2);
  const tau = new Float64Array(size).fill(Number.NaN);
  tau.fill(problem.tau, Math.min(2, trendSize), trendSize);
  for (let j = 0; j < problem.priors.length; j++) ridge[trendSize + j] = problem.priors[j]! ** -2;
  return { ridge, tau };
}

/** The value and the derivatives of the model at `theta`: f, and a column of J for each parameter. */
function linearised(problem: MapProblem, shape: Trend, theta: Float64Array) {
  const { t, cap, X, multiplicative } = problem;
  const n = t.length;
  const trend = withParameters(shape, theta);
  const g = trendAt(trend, t, cap);
  const beta = theta.subarray(theta.length - multiplicative.length);
  const share = new Float64Array(n).fill(1);
  const f = new Float64Array(n);
  for (let j = 0; j < beta.length; j++) {
    const sum = multiplicative[j] === 1 ? share : f;
    for (let i = 0; i < n; i++) sum[i]! += beta[j]! * X[j * n + i]!;
  }
  for (let i = 0; i < n; i++) f[i]! += g[i]! * share[i]!;
  const jacobian = () => {
    const J = new Float64Array(theta.length * n);
    J.set(trendJacobian(trend, t, cap));
    const own = J.length - X.length;
    for (let j = 0; j < own; j++) J[j]! *= share[j % n]!;
    for (let j = 0; j < X.length; j++)
      J[own + j] = X[j]! * (multiplicative[Math.floor(j / n)] === 1 ? g[j % n]! : 1);
    return J;
  };
  return { f, jacobian };
}

function residualSquares(y: Float64Array, f: Float64Array): number {
  let rss = 0;
  for (let i = 0; i < y.length; i++) rss += (y[i]! - f[i]!) ** 2;
  return rss;
}

/** Gauss and Newton's steps, halved until they descend, for growth or terms that are not linear in the parameters. */
function solveByLinearising(problem: MapProblem, shape: Trend, from: Float64Array): Point {
  const { y } = problem;
  const n = y.length;
  const penalty = penaltyOf(problem, from.length);
  let model = linearised(problem, shape, from);
  let rss = residualSquares(y, model.f);
  let point: Point = { theta: from, sigma: sigmaOf(rss, n) };
  let before = loss(penalty, point, { rss, n });
  for (let i = 0; i < 200; i++) {
    const { theta } = point;
    const J = model.jacobian();
    const target = Float64Array.from(y, (yi, r) => yi - model.f[r]!);
    for (let j = 0; j < theta.length; j++)
      for (let r = 0; r < n; r++) target[r]! += J[j * n + r]! * theta[j]!;
    const wanted = settle(normalEquations(J, target), penalty, point, { n, most: 20 }).theta;
    let after = Number.POSITIVE_INFINITY;
    for (let step = 1; step > 1e-4 && !(after <= before); step /= 2) {
      const next = theta.map((x, j) => x + step * (wanted[j]! - x));
      model = linearised(problem, shape, next);
      rss = residualSquares(y, model.f);
      point = { theta: next, sigma: sigmaOf(rss, n) };
      after = loss(penalty, point, { rss, n });
    }
    if (!(after <= before))
      return { theta, sigma: sigmaOf(residualSquares(y, linearised(problem, shape, theta).f), n) };
    if (before - after <= 1e-9 * Math.abs(before)) break;
    before = after;
  }
  return point;
}

function startOf(problem: MapProblem): Trend {
  const { growth, changepoints, t, y, cap } = problem;
  const delta = new Float64Array(changepoints.length).fill(growth === 'logistic' ? 1e-3 : 0.01);
  if (growth === 'logistic') return { growth, changepoints, delta, ...logisticStart({ t, y, cap }) };
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
  const k = growth === 'flat' ? 0 : y.at(-1)! - y[0]!;
  return { growth, changepoints, delta, k, m: growth === 'flat' ? mean : y[0]! };
}

/** The maximum when the model is linear in its parameters: its sums are made once. */
function solveLinear(problem: MapProblem, shape: Trend): Point {
  const { t, y, cap, X } = problem;
  const size = trendParameters(shape).length + problem.priors.length;
  const Z = new Float64Array(size * t.length);
  Z.set(trendJacobian(shape, t, cap));
  Z.set(X, Z.length - X.length);
  const from = { theta: new Float64Array(size).fill(0.01), sigma: 0.5 };
  return settle(normalEquations(Z, y), penaltyOf(problem, size), from, { n: y.length, most: 300 });
}

/** The fit of the problem; deterministic. */
export function fitMap(problem: MapProblem): MapFit {
  const { growth, multiplicative } = problem;
  const start = startOf(problem);
  const columns = multiplicative.length;
  const linear = growth !== 'logistic' && !Array.from(multiplicative).includes(1);
  const from = Float64Array.of(...trendParameters(start), ...new Float64Array(columns));
  const { theta, sigma } = linear ? solveLinear(problem, start) : solveByLinearising(problem, start, from);
  return { trend: withParameters(start, theta), beta: theta.slice(theta.length - columns), sigma };
}
