import { deseasonalised } from './deseasonalised.ts';
import type { PathMethod } from './path-method.ts';

const longest = 400;
const largestOrder = 7;

/**
 * Autoregression around the mean, fitted by Burg's method and with its order chosen by AICc (Burg 1975; Hurvich, Tsai
 * 1989): it returns to where the series usually is, as fast as the series itself does.
 */
function burg(x: Float64Array): Float64Array {
  const n = x.length;
  const forward = x.slice();
  const backward = x.slice();
  let variance = x.reduce((sum, value) => sum + value * value, 0) / n;
  let a = new Float64Array(0);
  let best = a;
  let least = n * Math.log(variance + 1e-300) + 2;
  for (let order = 1; order <= Math.min(largestOrder, Math.floor(n / 4)); order++) {
    let top = 0;
    let bottom = 0;
    for (let i = order; i < n; i++) {
      top += forward[i]! * backward[i - 1]!;
      bottom += forward[i]! ** 2 + backward[i - 1]! ** 2;
    }
    const k = bottom > 0 ? (2 * top) / bottom : 0;
    for (let i = n - 1; i >= order; i--) {
      const f = forward[i]!;
      forward[i] = f - k * backward[i - 1]!;
      backward[i] = backward[i - 1]! - k * f;
    }
    const before = a;
    a = Float64Array.from({ length: order }, (_, j) =>
      j === order - 1 ? k : before[j]! - k * before[order - 2 - j]!,
    );
    variance *= 1 - k * k;
    const parameters = order + 2;
    const aicc =
      n * Math.log(variance + 1e-300) +
      2 * parameters +
      (2 * parameters * (parameters + 1)) / Math.max(1, n - parameters - 1);
    if (aicc < least) {
      least = aicc;
      best = a;
    }
  }
  return best;
}

export const autoregression: PathMethod = {
  name: 'autoregression',
  summary: 'Returns to the mean as fast as the series usually does (Burg 1975).',
  path: deseasonalised((course, steps) => {
    const y = course.y.subarray(Math.max(0, course.y.length - longest));
    const n = y.length;
    if (n < 10) return undefined;
    const mean = y.reduce((sum, value) => sum + value / n, 0);
    const a = burg(y.map(value => value - mean));
    const x = new Float64Array(n + steps);
    for (let i = 0; i < n; i++) x[i] = y[i]! - mean;
    for (let i = n; i < n + steps; i++) for (let j = 0; j < a.length; j++) x[i]! += a[j]! * x[i - 1 - j]!;
    return x.subarray(n).map(value => value + mean);
  }),
};
