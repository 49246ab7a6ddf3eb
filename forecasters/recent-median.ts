import { median } from '../core/stats.ts';
import { deseasonalised } from './deseasonalised.ts';
import type { PathMethod } from './path-method.ts';

const seasons = 4;

/** The median of the last four seasons with the seasonal pattern laid over it: the level of a series that returns to it. */
export const recentMedian: PathMethod = {
  name: 'recent-median',
  summary: 'The median of the last four seasons, with the seasonal pattern.',
  path: deseasonalised(({ y, season }, steps) =>
    y.length < 2
      ? undefined
      : new Float64Array(steps).fill(
          median(y.subarray(Math.max(0, y.length - seasons * Math.max(season, 7)))),
        ),
  ),
};
