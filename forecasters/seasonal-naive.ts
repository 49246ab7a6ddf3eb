import type { PathMethod } from './path-method.ts';

/** y(n + h) = y(n + h - m k), k the least number of seasons m that leads back into the history. */
export const seasonalNaive: PathMethod = {
  name: 'seasonal-naive',
  summary: 'The last season repeats.',
  path({ y, season }, steps) {
    if (season < 2 || y.length < season) return undefined;
    return Float64Array.from({ length: steps }, (_, h) => y[y.length - season + (h % season)]!);
  },
};
