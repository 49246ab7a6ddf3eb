import { type Normal, solveCholesky, squares } from './prophet-normal.ts';

/** Precisions of the normal priors, and the Laplace prior's scale by parameter; NaN where the prior is normal. */
export interface Penalty {
  readonly ridge: Float64Array;
  readonly tau: Float64Array;
}

export interface Point {
  readonly theta: Float64Array;
  readonly sigma: number;
}

/** Below this a change of the trend is none; it bounds the weight of its penalty. */
const noChange = 1e-6;

/** Noise is never less: without any, what the sums lose in rounding would be taken for it. */
const leastSigma = 1e-5;

/** Where the derivative by sigma is 0: 4 s^4 + n s^2 - RSS = 0. */
export function sigmaOf(rss: number, n: number): number {
  const square = (2 * rss) / (Math.sqrt(n * n + 16 * rss) + n);
  return Math.max(leastSigma, Math.sqrt(square));
}

export function loss(
  { ridge, tau }: Penalty,
  { theta, sigma }: Point,
  data: { rss: number; n: number },
): number {
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
export function settle(
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
