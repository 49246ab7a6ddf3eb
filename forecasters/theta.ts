import { deseasonalised } from './deseasonalised.ts';
import type { PathMethod } from './path-method.ts';

/** Smoothing weights that are tried. */
const weights = Float64Array.from({ length: 20 }, (_, k) => (k + 1) / 20);

/** Exponential smoothing from the first value on: the last level and the squared errors of one step ahead. */
function smooth(y: Float64Array, alpha: number): { level: number; error: number } {
  let level = y[0]!;
  let error = 0;
  for (let i = 1; i < y.length; i++) {
    const off = y[i]! - level;
    error += off * off;
    level += alpha * off;
  }
  return { level, error };
}

/** Slope of the least-squares line, per step. */
export function lineSlope(y: Float64Array): number {
  const middle = (y.length - 1) / 2;
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < y.length; i++) {
    top += (i - middle) * y[i]!;
    bottom += (i - middle) ** 2;
  }
  return bottom > 0 ? top / bottom : 0;
}

/**
 * Theta: simple exponential smoothing with half of the slope of the least-squares line as drift (Assimakopoulos,
 * Nikolopoulos 2000; in this form Hyndman, Billah 2003, eq. 8):
 * y(n + h) = l(n) + b/2 (h - 1 + (1 - (1 - a)^n) / a), on the course without its season.
 */
export const theta: PathMethod = {
  name: 'theta',
  summary: 'Smoothed level with half of the long slope (Assimakopoulos, Nikolopoulos 2000).',
  path: deseasonalised(({ y }, steps) => {
    if (y.length < 5) return undefined;
    let best = { level: y[0]!, error: Number.POSITIVE_INFINITY };
    let alpha = 1;
    for (const each of weights) {
      const tried = smooth(y, each);
      if (tried.error >= best.error) continue;
      best = tried;
      alpha = each;
    }
    const drift = lineSlope(y) / 2;
    const lag = (1 - (1 - alpha) ** y.length) / alpha;
    return Float64Array.from({ length: steps }, (_, h) => best.level + drift * (h + lag));
  }),
};
