import type { PathMethod } from './path-method.ts';

/** Days that the parabola is fitted on, at most, and at least. */
const most = 56;
const least = 14;

/**
 * Least-squares parabola over the last 56 days by orthogonal polynomials on -1..1, going on from the last value with its
 * last slope and its bend: what grows faster and faster.
 */
export const bentLine: PathMethod = {
  name: 'bent-line',
  summary: 'Growth that itself grows or slows, a parabola through the last 56 days.',
  path({ y, day }, steps) {
    const window = y.subarray(Math.max(0, y.length - most * day));
    const n = window.length;
    if (n < Math.max(least, least * day)) return undefined;
    const middle = (n - 1) / 2;
    const curve = (n * n - 1) / 12;
    let slope = 0;
    let bend = 0;
    let slopes = 0;
    let bends = 0;
    for (let i = 0; i < n; i++) {
      const x = i - middle;
      const p = x * x - curve;
      slope += x * window[i]!;
      slopes += x * x;
      bend += p * window[i]!;
      bends += p * p;
    }
    const c = bend / bends;
    const end = slope / slopes + 2 * c * middle;
    const last = window[n - 1]!;
    return Float64Array.from({ length: steps }, (_, h) => last + end * (h + 1) + c * (h + 1) ** 2);
  },
};
