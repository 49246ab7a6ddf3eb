import type { PathMethod } from './path-method.ts';

/** y(n) + h (y(n) - y(1)) / (n - 1): the mean step of the whole history goes on. */
export const drift: PathMethod = {
  name: 'drift',
  summary: 'The last value, moved on by the mean step of the history.',
  path({ y }, steps) {
    if (y.length < 4) return undefined;
    const last = y[y.length - 1]!;
    const step = (last - y[0]!) / (y.length - 1);
    return Float64Array.from({ length: steps }, (_, h) => last + step * (h + 1));
  },
};
