import type { PathMethod } from './path-method.ts';

/** The last value, on and on: the best that can be said of a random walk. */
export const naive: PathMethod = {
  name: 'naive',
  summary: 'The last value goes on.',
  path: ({ y }, steps) => (y.length === 0 ? undefined : new Float64Array(steps).fill(y[y.length - 1]!)),
};
