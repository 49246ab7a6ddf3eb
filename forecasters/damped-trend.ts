import { median } from '../core/stats.ts';
import { deseasonalised } from './deseasonalised.ts';
import type { PathMethod } from './path-method.ts';

/** Values that the level is the median of, values that the slope is seen over, and what is left of it a step on. */
const level = 7;
const window = 28;
const damping = 0.93;

/** Median of the slopes between values half a window apart: one jump does not tilt it (Theil 1950, thinned). */
function robustSlope(y: Float64Array): number {
  const half = y.length >> 1;
  return median(Float64Array.from({ length: y.length - half }, (_, i) => (y[i + half]! - y[i]!) / half));
}

/**
 * y(n + h) = l + b (phi + ... + phi^h): the median of the last 7 values, moved to the end of them along the robust slope
 * of the last 28, and a trend that dies away (Gardner, McKenzie 1985).
 */
export const dampedTrend: PathMethod = {
  name: 'damped-trend',
  summary: 'The recent level with a robust trend that dies away.',
  path: deseasonalised(({ y }, steps) => {
    if (y.length < 2 * level) return undefined;
    const slope = robustSlope(y.subarray(Math.max(0, y.length - window)));
    const out = new Float64Array(steps);
    let at = median(y.subarray(y.length - level));
    let move = slope;
    for (let h = 0; h < steps; h++) {
      move *= damping;
      at += move;
      out[h] = at;
    }
    return out;
  }),
};
