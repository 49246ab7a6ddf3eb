import { setImmediate as nextTurn } from 'node:timers/promises';
import { fingerprint, type Labels, omit, pick } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { WatchedResource } from './capacity-resources.ts';

export const day = 86_400_000;
/** Days of one query: a long past is read in pieces, the newest first. */
const piece = 30;
/** Entities that are looked at before others may go on: passes are made in the same thread. */
const slice = 64;

/** Values at the ends of days (ms, midnight UTC) from the first that is known to the last; NaN is missing. */
export interface DailyColumn {
  readonly from: number;
  readonly v: Float64Array;
}

/** What was read of one entity of a resource. */
export interface DailyRead {
  readonly entity: Labels;
  readonly used: DailyColumn;
  readonly limit: DailyColumn;
  readonly regressors: Readonly<Record<string, DailyColumn>>;
}

/** Days (ms, their ends, both included). */
export interface DayRange {
  readonly start: number;
  readonly end: number;
}

/** What came of a resource; `complaint` is why it is not all of it. */
export interface ResourceRead {
  readonly entities: readonly DailyRead[];
  readonly complaint?: string;
}

/**
 * Samples that Prometheus holds at once for a day of a series: the hours of the subquery, once for each operand and once for what
 * comes of them, and as many of the day before the first.
 */
const samplesPerStep = 4 * 24;

/** A query of ours: how a day is made of the samples of its hours. */
function daily(query: string, how: 'max' | 'avg' | 'last'): string {
  return `${how}_over_time((${query})[1d:1h])`;
}

/** The series of a range of days, joined over pieces; ends where nothing was there for a whole piece. */
async function readDays(
  { source: { source } }: WatchedResource,
  query: string,
  { start, end, signal }: DayRange & { readonly signal: AbortSignal },
): Promise<readonly Series[]> {
  const pieces: Series[] = [];
  for (let last = end; last >= start; last -= piece * day) {
    const first = Math.max(start, last - (piece - 1) * day);
    const asked = { query, start: first, end: last, step: day, samplesPerStep, signal };
    const answer = await source.queryRange(asked);
    if (answer.partial)
      throw new Error(`a partial answer is not learned from: ${answer.warnings.join('; ')}`);
    if (answer.series.length === 0) break;
    for (const one of answer.series) pieces.push(one);
  }
  return pieces;
}

function column(pieces: readonly Series[], { start, end }: DayRange): DailyColumn {
  const v = new Float64Array(Math.round((end - start) / day) + 1).fill(Number.NaN);
  for (const { t, v: values } of pieces)
    for (let i = 0; i < t.length; i++)
      if (Number.isFinite(values[i]!)) v[Math.round((t[i]! - start) / day)] = values[i]!;
  const first = v.findIndex(value => !Number.isNaN(value));
  const known =
    first < 0 ? v.subarray(0, 0) : v.subarray(first, v.findLastIndex(value => !Number.isNaN(value)) + 1);
  return { from: start + Math.max(0, first) * day, v: known };
}

function byEntity(series: readonly Series[]): ReadonlyMap<string, Series[]> {
  const grouped = new Map<string, Series[]>();
  for (const each of series) {
    const key = fingerprint(omit(each.labels, ['__name__']));
    const list = grouped.get(key);
    if (list === undefined) grouped.set(key, [each]);
    else list.push(each);
  }
  return grouped;
}

/** Finds the series of a regressor that speak of an entity: all their labels are the entity's. */
function speakers(all: readonly Series[]): (entity: Labels) => readonly Series[] {
  const grouped = byEntity(all);
  const shapes = new Map<string, readonly string[]>();
  for (const { labels } of all) {
    const names = Object.keys(omit(labels, ['__name__']));
    shapes.set(names.sort().join(), names);
  }
  return entity => [...shapes.values()].flatMap(names => grouped.get(fingerprint(pick(entity, names))) ?? []);
}

/** Daily values of a resource, of what there is of it and of what moves it. Rejects with what kept its use from being read. */
export async function readResource(
  resource: WatchedResource,
  range: DayRange & { readonly signal: AbortSignal },
): Promise<ResourceRead> {
  const how = resource.daily === 'max' ? 'max' : 'avg';
  const used = byEntity(await readDays(resource, daily(resource.used, how), range));
  if (used.size === 0) return { entities: [] };
  const complaints: string[] = [];
  const optional = async (query: string, name: string) => {
    try {
      return await readDays(resource, query, range);
    } catch (error) {
      complaints.push(`${name}: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  };
  const limits = byEntity(await optional(daily(resource.limit, 'last'), 'limit'));
  const movers: (readonly [string, ReturnType<typeof speakers>])[] = [];
  for (const { name, query } of resource.regressors)
    movers.push([name, speakers(await optional(daily(query, 'avg'), name))]);
  const entities: DailyRead[] = [];
  for (const [key, pieces] of used) {
    if (entities.length % slice === 0) await nextTurn();
    const own = omit(pieces[0]!.labels, ['__name__']);
    entities.push({
      entity: { ...resource.labels, ...own },
      used: column(pieces, range),
      limit: column(limits.get(key) ?? [], range),
      regressors: Object.fromEntries(movers.map(([name, of]) => [name, column(of(own), range)])),
    });
  }
  const known = entities.filter(({ used: { v } }) => v.length > 0);
  return complaints.length === 0
    ? { entities: known }
    : { entities: known, complaint: complaints.join('; ') };
}
