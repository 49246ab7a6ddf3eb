import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';

/** Times and values of a series. */
export type Samples = Pick<Series, 't' | 'v'>;

/** A series whose samples are made when they are looked at first: most of those that have a name are asked for by no matcher. */
export function lazySeries(labels: Labels, make: () => Samples): Series {
  let made: Samples | undefined;
  const samples = (): Samples => {
    made ??= make();
    return made;
  };
  return {
    labels,
    get t() {
      return samples().t;
    },
    get v() {
      return samples().v;
    },
  };
}

/** Samples lie so close that a query finds one at any time, as it looks back five minutes, ms. */
export const computedEvery = 300_000;

/** The times from `start` to `end` (ms, both included) at which series are computed. */
export function computedTimes(start: number, end: number): Float64Array {
  const first = Math.ceil(start / computedEvery) * computedEvery;
  const length = Math.max(0, Math.floor((end - first) / computedEvery) + 1);
  return Float64Array.from({ length }, (_, i) => first + i * computedEvery);
}
