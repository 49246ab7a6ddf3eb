import type { Course, PathMethod } from './path-method.ts';

/** How a history is cut into folds: how far each looks ahead, and how many there may be. */
export interface Folds {
  readonly horizon: number;
  readonly count: number;
}

/** What the methods would have said at earlier times. */
export interface Backtest {
  /** How many values each fold knew, the newest fold first. */
  readonly origins: readonly number[];
  /** `paths[fold][method]`, as long as the horizon or as what came after; undefined: it could not say. */
  readonly paths: readonly (readonly (Float64Array | undefined)[])[];
}

/** Values that the oldest fold must know at least. */
const leastKnown = 8;

/**
 * Rolling origins, spread evenly from the third-newest value back: each knows at least a fifth of the history, and none is
 * older than one and a half horizons (but two steps a fold), since what a method was worth long ago says little.
 */
export function originsOf(n: number, { horizon, count }: Folds): number[] {
  const oldest = Math.max(leastKnown, Math.ceil(n / 5), n - Math.max(Math.ceil(1.6 * horizon), 2 * count));
  const newest = n - Math.min(3, Math.max(1, Math.floor(n / 10)));
  if (newest < oldest) return [];
  const step = Math.max(1, Math.round((newest - oldest) / Math.max(1, count - 1)));
  const origins: number[] = [];
  for (let origin = newest; origin >= oldest; origin -= step) origins.push(origin);
  return origins;
}

/** Lets each method continue the course from each origin. */
export function backtest(course: Course, methods: readonly PathMethod[], folds: Folds): Backtest {
  const n = course.y.length;
  const origins = originsOf(n, folds);
  const paths = origins.map(origin => {
    const known = { ...course, t: course.t.subarray(0, origin), y: course.y.subarray(0, origin) };
    return methods.map(method => method.path(known, Math.min(folds.horizon, n - origin)));
  });
  return { origins, paths };
}
