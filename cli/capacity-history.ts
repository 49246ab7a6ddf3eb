import type { History } from '../core/forecaster.ts';
import type { Labels } from '../core/labels.ts';
import { type DailyColumn, type DailyRead, day } from './capacity-reads.ts';

/** Values kept at most: 4 years of days. */
export const mostDays = 1461;

/** All that is known of a resource of an entity, day by day; every array of the same length, NaN is missing. */
export interface CapacityHistory {
  readonly pack: string;
  readonly resource: string;
  readonly entity: Labels;
  /** End of the first day, ms. */
  readonly from: number;
  readonly used: Float64Array;
  readonly limit: Float64Array;
  readonly regressors: Readonly<Record<string, Float64Array>>;
}

/** End of the last day of which anything is known, ms. */
export function lastDay({ from, used }: CapacityHistory): number {
  return from + (used.length - 1) * day;
}

/** A column over other days; days of which it knows nothing are missing. */
function over(column: DailyColumn, from: number, length: number): Float64Array {
  const out = new Float64Array(length).fill(Number.NaN);
  const shift = Math.round((column.from - from) / day);
  for (let i = 0; i < column.v.length; i++)
    if (i + shift >= 0 && i + shift < length) out[i + shift] = column.v[i]!;
  return out;
}

/** The newer column over the older one: what is missing in it stays as it was. */
function laid(old: Float64Array, fresh: Float64Array): Float64Array {
  return fresh.map((value, i) => (Number.isFinite(value) ? value : (old[i] ?? Number.NaN)));
}

/** What is known after a read, joined with what was known before. */
export function joinHistory(
  old: CapacityHistory | undefined,
  read: DailyRead,
  of: Pick<CapacityHistory, 'pack' | 'resource'>,
): CapacityHistory {
  const newest = read.used.from + (read.used.v.length - 1) * day;
  const end = Math.max(newest, old === undefined ? newest : lastDay(old));
  const first = Math.min(read.used.from, old?.from ?? read.used.from);
  const from = Math.max(first, end - (mostDays - 1) * day);
  const length = Math.round((end - from) / day) + 1;
  const join = (before: Float64Array | undefined, after: DailyColumn) =>
    laid(
      over({ from: old?.from ?? from, v: before ?? new Float64Array(0) }, from, length),
      over(after, from, length),
    );
  const names = new Set([...Object.keys(old?.regressors ?? {}), ...Object.keys(read.regressors)]);
  const none: DailyColumn = { from, v: new Float64Array(0) };
  const { pack, resource } = of;
  return {
    ...{ pack, resource, from },
    entity: read.entity,
    used: join(old?.used, read.used),
    limit: join(old?.limit, read.limit),
    regressors: Object.fromEntries(
      [...names].map(name => [name, join(old?.regressors[name], read.regressors[name] ?? none)]),
    ),
  };
}

/** What was used, as the forecasters read it. */
export function usedHistory({ from, used }: CapacityHistory): History {
  return { t: used.map((_, i) => from + i * day), v: used, step: day };
}

/** The limit that holds now: the newest that is known; NaN is none. */
export function limitNow({ limit }: CapacityHistory): number {
  return limit.findLast(value => Number.isFinite(value)) ?? Number.NaN;
}
