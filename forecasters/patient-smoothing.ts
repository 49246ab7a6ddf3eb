import { deseasonalised } from './deseasonalised.ts';
import type { PathMethod } from './path-method.ts';

const weights: readonly number[] = [0.01, 0.02, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65, 1];
const longest = 240;
/** Steps ahead that a level is judged by: two weeks of days, or a season if that is more, but not more than so many. */
const usualReach = 14;
const farthest = 96;
/** Values that start the level, and values before it is judged. */
const start = 5;
const unjudged = 10;
/** How sharply the average over the weights goes by their error. */
const sharpness = 20;

/** The last smoothed level, and (mean sqrt |error|)^2 of all levels on the way as forecasts of the steps after them. */
function judge(y: Float64Array, alpha: number, reach: number): { level: number; error: number } {
  const n = y.length;
  const stride = Math.ceil(reach / usualReach);
  let level = 0;
  for (let i = 0; i < Math.min(start, n); i++) level += y[i]! / Math.min(start, n);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    level += alpha * (y[i]! - level);
    if (i < unjudged) continue;
    const end = Math.min(n - 1, i + reach);
    for (let j = i + 1; j <= end; j += stride) {
      sum += Math.sqrt(Math.abs(y[j]! - level));
      count++;
    }
  }
  return { level, error: count > 0 ? (sum / count) ** 2 : 1 };
}

/**
 * Exponential smoothing whose weight is judged by how well its levels foretell the next weeks, not the next step alone
 * (direct multi-step estimation; Weiss 1991), by the typical error rather than the largest; the weights share the say
 * by error^-20.
 */
export const patientSmoothing: PathMethod = {
  name: 'patient-smoothing',
  summary: 'A smoothed level, as slow or quick as foretells the whole horizon best (Weiss 1991).',
  path: deseasonalised((course, steps) => {
    const y = course.y.subarray(Math.max(0, course.y.length - longest));
    if (y.length < 3) return undefined;
    const reach = Math.min(farthest, Math.max(usualReach, course.season));
    const judged = weights.map(alpha => judge(y, alpha, Math.min(steps, reach)));
    const least = Math.min(...judged.map(({ error }) => error)) + 1e-300;
    let level = 0;
    let total = 0;
    for (const each of judged) {
      const share = (least / (each.error + 1e-300)) ** sharpness;
      level += share * each.level;
      total += share;
    }
    return new Float64Array(steps).fill(level / total);
  }),
};
