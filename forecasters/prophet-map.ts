import { type Normal, normalEquations, solveCholesky, squares } from './prophet-normal.ts';
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

/** Precisions of the normal priors, and the Laplace prior's scale by parameter; NaN where the prior is normal. */
interface Penalty {
  readonly ridge: Float64Array;
  readonly tau: Float64Array;
}

interface Point {
  readonly theta: Float64Array;
  readonly sigma: number;
}

const trendDeviation = 5;
/** Below this a change of the trend is none; it bounds the weight of its penalty. */
const noChange = 1e-6;

function penaltyOf(problem: MapProblem, size: number): Penalty {
  const trendSize = size - problem.priors.length;
  const ridge = new Float64Array(size).fill(trendDeviation ** -2);
  const tau = new Float64Array(size).fill(Number.NaN);
  tau.fill(problem.tau, Math.min(2, trendSize), trendSize);
  for (let j = 0; j < problem.priors.length; j++) ridge[trendSize + j] = problem.priors[j]! ** -2;
  return { ridge, tau };
}

/** Noise is never less: without any, what the sums lose in rounding would be taken for it. */
const leastSigma = 1e-5;

/** Where the derivative by sigma is 0: 4 s^4 + n s^2 - RSS = 0. */
function sigmaOf(rss: number, n: number): number {
  const square = (2 * rss) / (Math.sqrt(n * n + 16 * rss) + n);
  return Math.max(leastSigma, Math.sqrt(square));
}

function loss({ ridge, tau }: Penalty, { theta, sigma }: Point, data: { rss: number; n: number }): number {
  let sum = data.n * Math.log(sigma) + data.rss / (2 * sigma * sigma) + 2 * sigma * sigma;
  for (let j = 0; j < theta.length; j++) {
    const x = theta[j]!;
    sum += Number.isNaN(tau[j]!) ? (ridge[j]! * x * x) / 2 : Math.abs(x) / tau[j]!;
  }
  return sum;
}

/** Solves (G + sigma^2 W) theta = b - sigma^2 push over the `active` parameters; the others stay 0. */
function solveActive(
  { G, b }: Normal,
  active: Int32Array,
  of: { readonly variance: number; weight(j: number): number; push(j: number): number },
): Float64Array {
  const p = b.length;
  const m = active.length;
  const A = new Float64Array(m * m);
  const x = new Float64Array(m);
  for (let r = 0; r < m; r++) {
    const j = active[r]!;
    x[r] = b[j]! - of.variance * of.push(j);
    for (let c = 0; c <= r; c++) A[r * m + c] = G[j * p + active[c]!]!;
    A[r * m + r]! += of.variance * of.weight(j);
  }
  solveCholesky(A, x);
  const theta = new Float64Array(p);
  for (let r = 0; r < m; r++) theta[active[r]!] = x[r]!;
  return theta;
}

/**
 * One step of reweighting: |d| <= d^2 / 2|d0| + |d0| / 2 turns the Laplace prior into a normal one that touches it at d0 (Hunter
 * and Lange 2004), so that no step climbs.
 */
function reweighted(
  normal: Normal,
  { ridge, tau }: Penalty,
  { theta, sigma }: Point,
  active: Int32Array,
): Float64Array {
  const weight = (j: number) =>
    Number.isNaN(tau[j]!) ? ridge[j]! : 1 / (tau[j]! * Math.max(Math.abs(theta[j]!), noChange));
  return solveActive(normal, active, { variance: sigma * sigma, weight, push: () => 0 });
}

/**
 * One step with the signs as they are: there |d| is a line, and the optimum one solution. Goes as far as the first change that
 * comes to 0, and leaves it there.
 */
function signed(
  normal: Normal,
  { ridge, tau }: Penalty,
  { theta, sigma }: Point,
  active: Int32Array,
): Float64Array {
  const laplace = (j: number) => !Number.isNaN(tau[j]!);
  const target = solveActive(normal, active, {
    variance: sigma * sigma,
    weight: j => (laplace(j) ? 0 : ridge[j]!),
    push: j => (laplace(j) ? Math.sign(theta[j]!) / tau[j]! : 0),
  });
  let step = 1;
  let blocking = -1;
  for (const j of active) {
    if (!laplace(j) || target[j]! * theta[j]! > 0) continue;
    const until = theta[j]! / (theta[j]! - target[j]!);
    if (until < step) {
      step = until;
      blocking = j;
    }
  }
  const next = theta.map((x, j) => x + step * (target[j]! - x));
  if (blocking >= 0) next[blocking] = 0;
  return next;
}

/** What the sums want of parameter j beside all others, were it 0: -d RSS/2 / d theta_j. */
function pullOn({ G, b }: Normal, theta: Float64Array, j: number): number {
  const p = theta.length;
  let pull = b[j]! + G[j * p + j]! * theta[j]!;
  for (let k = 0; k < p; k++) pull -= G[j * p + k]! * theta[k]!;
  return pull;
}

/** Below this a change is tried for 0. */
const smallChange = 1e-2;

/** Sets small changes to 0 where that is their optimum beside all others: |pull| <= sigma^2 / tau. */
function asleep(normal: Normal, { tau }: Penalty, { theta, sigma }: Point): Float64Array {
  const next = theta.slice();
  for (let j = 0; j < theta.length; j++) {
    if (Number.isNaN(tau[j]!) || Math.abs(next[j]!) > smallChange) continue;
    if (Math.abs(pullOn(normal, next, j)) * tau[j]! <= sigma * sigma) next[j] = 0;
  }
  return next;
}

/** Wakes the change at 0 that is pulled the most beyond what its prior holds; none: the same parameters. */
function awake(normal: Normal, { tau }: Penalty, { theta, sigma }: Point): Float64Array {
  let most = sigma * sigma * (1 + 1e-6);
  let next = theta;
  for (let j = 0; j < theta.length; j++) {
    if (Number.isNaN(tau[j]!) || theta[j] !== 0) continue;
    const pull = pullOn(normal, theta, j);
    if (Math.abs(pull) * tau[j]! <= most) continue;
    most = Math.abs(pull) * tau[j]!;
    next = theta.slice();
    next[j] = Math.sign(pull) * noChange;
  }
  return next;
}

function activeOf(theta: Float64Array, { tau }: Penalty): Int32Array {
  return Int32Array.from(theta.keys()).filter(j => Number.isNaN(tau[j]!) || theta[j] !== 0);
}

function furthest(a: Float64Array, b: Float64Array): number {
  let d = 0;
  for (let j = 0; j < a.length; j++) d = Math.max(d, Math.abs(a[j]! - b[j]!));
  return d;
}

function largest(a: Float64Array): number {
  return a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Steps of reweighting before signs are trusted. */
const firstSteps = 10;

/** Reweights a few times, then takes steps with fixed signs, until nothing moves and no change at 0 is pulled, or `most` are done. */
function settle(
  normal: Normal,
  penalty: Penalty,
  from: Point,
  { n, most }: { n: number; most: number },
): Point {
  let point = from;
  for (let i = 0; i < most; i++) {
    const first = i < firstSteps;
    const active = activeOf(point.theta, penalty);
    const theta = first ? reweighted(normal, penalty, point, active) : signed(normal, penalty, point, active);
    const sigma = sigmaOf(squares(normal, theta), n);
    const still =
      furthest(theta, point.theta) <= 1e-6 * largest(theta) && Math.abs(sigma - point.sigma) <= 1e-6 * sigma;
    point = { theta, sigma };
    if (first) {
      point = { theta: asleep(normal, penalty, point), sigma };
    } else if (activeOf(theta, penalty).length === active.length) {
      const woken = awake(normal, penalty, point);
      if (still && woken === theta) break;
      point = { theta: woken, sigma };
    }
  }
  return point;
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
