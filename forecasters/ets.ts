import { deseasonalised } from './deseasonalised.ts';
import { nelderMead } from './nelder-mead.ts';
import type { Course, PathMethod } from './path-method.ts';

type Season = 'none' | 'additive' | 'multiplicative';
interface Form {
  readonly trend: boolean;
  readonly season: Season;
}

const forms: readonly Form[] = [
  { trend: false, season: 'none' },
  { trend: true, season: 'none' },
  { trend: false, season: 'additive' },
  { trend: true, season: 'additive' },
  { trend: false, season: 'multiplicative' },
  { trend: true, season: 'multiplicative' },
];

/** Values that are smoothed over, the newest: older ones weigh nothing in a smoothed level. */
const longest = 400;
/** A longer season would need as many starting values as parameters: it is taken out before. */
const longestSeason = 12;
const evaluations = 90;

/** Where the smoothing starts: the level and the pattern of the first seasons. */
interface Start {
  readonly level: number;
  readonly pattern: Float64Array;
}

function startOf(y: Float64Array, m: number, season: Season): Start {
  const span = season === 'none' ? Math.min(y.length, Math.max(m, 4)) : Math.min(y.length, 3 * m);
  const whole = season === 'none' ? span : span - (span % m);
  let level = 0;
  for (let i = 0; i < whole; i++) level += y[i]! / whole;
  if (season === 'none') return { level, pattern: new Float64Array(1) };
  const pattern = new Float64Array(m);
  for (let i = 0; i < whole; i++) pattern[i % m]! += (y[i]! * m) / whole;
  return { level, pattern: pattern.map(mean => (season === 'additive' ? mean - level : mean / level)) };
}

/** The state that a run over the history ends in. */
interface State {
  level: number;
  slope: number;
  readonly pattern: Float64Array;
  error: number;
}

interface Weights {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

/** Logistic, so that the search knows no borders. */
const share = (x: number) => 1 / (1 + Math.exp(-x));

/** 0 < alpha < 1, 0 < beta < alpha, 0 < gamma < 1 - alpha, .8 < phi < .98 (the region of Hyndman et al. 2008, 10). */
function weightsOf(x: Float64Array, form: Form): Weights {
  const alpha = share(x[0]!);
  const beta = form.trend ? alpha * share(x[1]!) : 0;
  const phi = form.trend ? 0.8 + 0.18 * share(x[2]!) : 0;
  const gamma = form.season === 'none' ? 0 : (1 - alpha) * share(x[form.trend ? 3 : 1]!);
  return { alpha, beta, gamma, phi };
}

/**
 * One run of the smoothing: with e the error of one step ahead and s the season's part,
 * l' = l + phi b + alpha e, b' = phi b + beta e, s' = s + gamma e (Hyndman et al. 2008, table 2.2, additive errors;
 * a multiplicative season divides e by s for the level, by the level for the season).
 */
function run(
  y: Float64Array,
  start: Start,
  setting: { readonly form: Form; readonly weights: Weights },
): State {
  const { alpha, beta, gamma, phi } = setting.weights;
  const { season } = setting.form;
  const pattern = start.pattern.slice();
  const m = pattern.length;
  let level = start.level;
  let slope = 0;
  let error = 0;
  for (let i = 0, phase = 0; i < y.length; i++) {
    const base = level + phi * slope;
    const s = pattern[phase]!;
    const e = season === 'multiplicative' ? y[i]! - base * s : y[i]! - base - s;
    error += e * e;
    const up = season === 'multiplicative' ? e / s : e;
    level = base + alpha * up;
    slope = phi * slope + beta * up;
    if (season === 'additive') pattern[phase] = s + gamma * e;
    else if (season === 'multiplicative') pattern[phase] = s + (gamma * e) / base;
    if (++phase === m) phase = 0;
  }
  return { level, slope, pattern, error };
}

interface Fitted extends State {
  readonly form: Form;
  readonly phi: number;
  readonly aicc: number;
}

function fitForm(y: Float64Array, m: number, form: Form): Fitted | undefined {
  const start = startOf(y, m, form.season);
  if (form.season === 'multiplicative' && !start.pattern.every(each => each > 0.05)) return undefined;
  const size = 1 + (form.trend ? 2 : 0) + (form.season === 'none' ? 0 : 1);
  const { x } = nelderMead({
    value: at => run(y, start, { form, weights: weightsOf(at, form) }).error,
    start: [0, ...(form.trend ? [-2, 0] : []), ...(form.season === 'none' ? [] : [-2])],
    reach: new Array<number>(size).fill(1),
    evaluations: evaluations * Math.min(size, 2),
  });
  const weights = weightsOf(x, form);
  const end = run(y, start, { form, weights });
  const k = size + 2 + (form.trend ? 1 : 0) + (form.season === 'none' ? 0 : m - 1);
  const n = y.length;
  if (n - k - 1 <= 0 || !Number.isFinite(end.error)) return undefined;
  const aicc = n * Math.log(end.error / n + 1e-300) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
  return { ...end, form, phi: weights.phi, aicc };
}

function extend(fitted: Fitted, n: number, steps: number): Float64Array {
  const { pattern, phi, form } = fitted;
  let level = fitted.level;
  let slope = fitted.slope;
  return Float64Array.from({ length: steps }, (_, h) => {
    slope *= phi;
    level += slope;
    const s = pattern[(n + h) % pattern.length]!;
    if (form.season === 'multiplicative') return level * s;
    return form.season === 'additive' ? level + s : level;
  });
}

function smoothed(course: Course, steps: number): Float64Array | undefined {
  const y = course.y.subarray(Math.max(0, course.y.length - longest));
  if (y.length < 4) return undefined;
  const positive = y.every(value => value > 0);
  let best: Fitted | undefined;
  for (const form of forms) {
    if (form.season !== 'none' && (course.season < 2 || y.length < 3 * course.season)) continue;
    if (form.season === 'multiplicative' && !positive) continue;
    const tried = fitForm(y, course.season, form);
    if (tried !== undefined && tried.aicc < (best?.aicc ?? Number.POSITIVE_INFINITY)) best = tried;
  }
  return best && extend(best, y.length, steps);
}

const unseasonal = deseasonalised((course, steps) => smoothed({ ...course, season: 1 }, steps));

/**
 * Exponential smoothing in state space form with a damped trend or none and an additive or multiplicative season or
 * none, chosen by AICc (Hyndman, Koehler, Ord, Snyder 2008).
 */
export const ets: PathMethod = {
  name: 'ets',
  summary: 'Exponential smoothing, its trend and season chosen by AICc (Hyndman et al. 2008).',
  path: (course, steps) =>
    course.season > longestSeason ? unseasonal(course, steps) : smoothed(course, steps),
};
