import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { LabelMatches } from './label-matches.ts';

/** Which series over which time (ms, both ends included); `matches` tells a few of very many apart. */
export interface AskedSeries {
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly matches: LabelMatches;
}

/** Series of ours over a time (ms, both ends included) by the name of their metric; all where none is named. */
export interface SampledSeries {
  select(names: readonly string[], start: number, end: number): readonly Series[];
  /** As `select`, where those that do not match need not be made. */
  matching?(asked: AskedSeries): readonly Series[];
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

/** The series that are asked for. */
export function matchingSeries(part: SampledSeries, asked: AskedSeries): readonly Series[] {
  if (part.matching !== undefined) return part.matching(asked);
  return part.select(asked.names, asked.start, asked.end).filter(({ labels }) => asked.matches(labels));
}

/** Several as one; each metric is in one of them only. */
export function allSeries(parts: readonly SampledSeries[]): SampledSeries {
  return {
    select: (names, start, end) => parts.flatMap(part => part.select(names, start, end)),
    matching: asked => parts.flatMap(part => matchingSeries(part, asked)),
    present: (start, end) => parts.flatMap(part => presentSeries(part, start, end)),
  };
}
