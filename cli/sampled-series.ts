import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';

/** Series of ours over a time (ms, both ends included) by the name of their metric; all where none is named. */
export interface SampledSeries {
  select(names: readonly string[], start: number, end: number): readonly Series[];
  /** Label sets of those that have samples there, where that can be told without reading them. */
  present?(start: number, end: number): readonly Labels[];
}

/** Label sets of the series that have samples from `start` to `end` (ms). */
export function presentSeries(part: SampledSeries, start: number, end: number): readonly Labels[] {
  const told = part.present?.(start, end);
  if (told !== undefined) return told;
  const all = part.select([], start, end);
  return all.filter(({ t }) => t.length > 0).map(({ labels }) => labels);
}

/** Several as one; each metric is in one of them only. */
export function allSeries(parts: readonly SampledSeries[]): SampledSeries {
  return {
    select: (names, start, end) => parts.flatMap(part => part.select(names, start, end)),
    present: (start, end) => parts.flatMap(part => presentSeries(part, start, end)),
  };
}
