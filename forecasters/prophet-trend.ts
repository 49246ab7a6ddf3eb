import type { ProphetOptions } from './prophet-options.ts';

/** A trend: base rate `k`, offset `m`, and rate changes `delta` at `changepoints`; times are 0..1 over the history. */
export interface Trend {
  readonly growth: 'linear' | 'logistic' | 'flat';
  readonly k: number;
  readonly m: number;
  readonly changepoints: Float64Array;
  readonly delta: Float64Array;
}

/** The integer nearest to `x`, the even one of two that are equally near. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** Times (0..1) at which the trend may change; `t` ascends from 0 to 1 (Taylor and Letham 2018, section 3.1.3). */
export function changepointsOf(t: Float64Array, own: readonly number[] | undefined, options: ProphetOptions) {
  if (options.growth === 'flat') return new Float64Array(0);
  if (own !== undefined) return Float64Array.from(own.filter(c => c >= 0 && c <= 1)).sort();
  const within = Math.floor(t.length * options.changepointRange);
  const count = Math.max(0, Math.min(options.changepointCount, within - 1));
  return Float64Array.from({ length: count }, (_, j) => t[roundHalfEven(((j + 1) * (within - 1)) / count)]!);
}

/**
 * The exponent of a logistic trend, or the linear trend itself: k t + sum delta_j (t - s_j)+ + offset. Both are continuous and
 * piecewise linear: the offsets gamma_j of equations 2 and 3 see to it (Taylor and Letham 2018, section 3.1).
 */
export function slopes(trend: Trend, t: ArrayLike<number>): Float64Array {
  const { k, m, changepoints, delta, growth } = trend;
  const base = growth === 'logistic' ? -k * m : m;
  const rate = growth === 'flat' ? 0 : k;
  return Float64Array.from(t, ti => {
    let z = rate * ti + base;
    for (let j = 0; j < delta.length; j++)
      z += ti > changepoints[j]! ? delta[j]! * (ti - changepoints[j]!) : 0;
    return z;
  });
}

/** 1 / (1 + e^-z). */
export function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The trend at `t` (0..1 over the history); `cap` holds the scaled caps of logistic growth. */
export function trendAt(
  trend: Trend,
  t: ArrayLike<number>,
  cap: ArrayLike<number> | undefined,
): Float64Array {
  const z = slopes(trend, t);
  return trend.growth === 'logistic' ? z.map((zi, i) => (cap?.[i] ?? 1) * logistic(zi)) : z;
}

/** d trend / d parameter, a column each in the order of `trendParameters`. */
export function trendJacobian(
  trend: Trend,
  t: Float64Array,
  cap: ArrayLike<number> | undefined,
): Float64Array {
  const { growth, k, m, changepoints } = trend;
  const n = t.length;
  if (growth === 'flat') return new Float64Array(n).fill(1);
  const J = new Float64Array((2 + changepoints.length) * n);
  const z = growth === 'logistic' ? slopes(trend, t) : undefined;
  for (let i = 0; i < n; i++) {
    const p = z === undefined ? 0 : logistic(z[i]!);
    const gain = z === undefined ? 1 : (cap?.[i] ?? 1) * p * (1 - p);
    J[i] = gain * (z === undefined ? t[i]! : t[i]! - m);
    J[n + i] = gain * (z === undefined ? 1 : -k);
    for (let j = 0; j < changepoints.length; j++)
      J[(2 + j) * n + i] = t[i]! > changepoints[j]! ? gain * (t[i]! - changepoints[j]!) : 0;
  }
  return J;
}

/** Its parameters as one vector: k, m, delta; of a flat one m alone. */
export function trendParameters(trend: Trend): Float64Array {
  return trend.growth === 'flat'
    ? Float64Array.of(trend.m)
    : Float64Array.of(trend.k, trend.m, ...trend.delta);
}

/** The trend of that shape with other parameters. */
export function withParameters(trend: Trend, theta: Float64Array): Trend {
  if (trend.growth === 'flat') return { ...trend, m: theta[0]! };
  const delta = theta.slice(2, 2 + trend.changepoints.length);
  return { ...trend, k: theta[0]!, m: theta[1]!, delta };
}

interface Ends {
  readonly t: Float64Array;
  readonly y: Float64Array;
  readonly cap: ArrayLike<number> | undefined;
}

/** Where the fit of logistic growth begins: through the first and the last point, kept off floor and cap. */
export function logisticStart({ t, y, cap }: Ends): { readonly k: number; readonly m: number } {
  const end = t.length - 1;
  const span = t[end]! - t[0]!;
  const ratio = (i: number) => {
    const c = cap?.[i] ?? 1;
    return c / Math.max(0.01 * c, Math.min(0.99 * c, y[i]!));
  };
  const last = ratio(end);
  const first = Math.abs(ratio(0) - last) <= 0.01 ? 1.05 * ratio(0) : ratio(0);
  const from = Math.log(first - 1);
  const to = Math.log(last - 1);
  return { k: (from - to) / span, m: (from * span) / (from - to) };
}
