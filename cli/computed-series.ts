import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';

/** Times and values of a series. */
export type Samples = Pick<Series, 't' | 'v'>;

/** One of very many: a closure each would cost more than the samples. */
class LazySeries implements Series {
  readonly labels: Labels;
  readonly #make: () => Samples;
  #made: Samples | undefined;

  constructor(labels: Labels, make: () => Samples) {
    this.labels = labels;
    this.#make = make;
  }

  get t(): Float64Array {
    return this.#samples().t;
  }

  get v(): Float64Array {
    return this.#samples().v;
  }

  #samples(): Samples {
    this.#made ??= this.#make();
    return this.#made;
  }
}

/** A series whose samples are made when they are looked at first: most of those that have a name are asked for by no matcher. */
export function lazySeries(labels: Labels, make: () => Samples): Series {
  return new LazySeries(labels, make);
}

/** Samples lie so close that a query finds one at any time, as it looks back five minutes, ms. */
export const computedEvery = 300_000;

/** The times from `start` to `end` (ms, both included) at which series are computed. */
export function computedTimes(start: number, end: number): Float64Array {
  const first = Math.ceil(start / computedEvery) * computedEvery;
  const length = Math.max(0, Math.floor((end - first) / computedEvery) + 1);
  return Float64Array.from({ length }, (_, i) => first + i * computedEvery);
}
