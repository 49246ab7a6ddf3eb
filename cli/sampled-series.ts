import type { Series } from '../core/series.ts';

/** Series of ours over a time (ms, both ends included) by the name of their metric; all where none is named. */
export interface SampledSeries {
  select(names: readonly string[], start: number, end: number): readonly Series[];
}

/** Several as one; each metric is in one of them only. */
export function allSeries(parts: readonly SampledSeries[]): SampledSeries {
  return { select: (names, start, end) => parts.flatMap(part => part.select(names, start, end)) };
}
