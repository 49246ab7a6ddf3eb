import type { Forecast, History } from '../core/forecaster.ts';

/** What a series can never leave; infinite where nothing is known. */
export interface Bounds {
  readonly floor: number;
  readonly cap: number;
}

/**
 * The bounds that a history speaks for: one that was never negative stays at 0 or above, and one that never passed its
 * limit stays below it. A NaN limit is none known.
 */
export function boundsOf({ v }: History, limit: number): Bounds {
  return {
    floor: v.some(value => value < 0) ? Number.NEGATIVE_INFINITY : 0,
    cap: Number.isNaN(limit) || v.some(value => value > limit) ? Number.POSITIVE_INFINITY : limit,
  };
}

/** The forecast with all of its values inside of the bounds. */
export function clamped(forecast: Forecast, { floor, cap }: Bounds): Forecast {
  const clamp = (values: Float64Array) => values.map(value => Math.min(cap, Math.max(floor, value)));
  return {
    t: forecast.t,
    yhat: clamp(forecast.yhat),
    intervals: forecast.intervals.map(({ level, lower, upper }) => ({
      level,
      lower: clamp(lower),
      upper: clamp(upper),
    })),
  };
}
