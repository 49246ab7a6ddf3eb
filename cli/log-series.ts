import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import type { KeyValues, ResultStore, Store } from '../core/store.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';
import { metricNames } from '../promql/names.ts';
import { withReader } from '../store/reader.ts';
import type { SampledSeries } from './sampled-series.ts';
import { labelsOfKey, seriesKey } from './series-key.ts';

/** One count of a step of the logs, at the end of the step (ms). */
export interface LogSample {
  readonly labels: Labels;
  readonly t: number;
  readonly v: number;
}

/** The newest steps lie there until they are put into blocks. */
const table = 'log-samples';
const remembered = 7_200_000;
const mostKeys = 50_000;

const stepRow = z.array(z.tuple([z.string(), z.number()]));

interface Column {
  readonly labels: Labels;
  readonly t: number[];
  readonly v: number[];
}

/** Columns of samples by the key of their series. */
class Columns {
  readonly byKey = new Map<string, Column>();

  add(key: string, t: number, v: number): void {
    let column = this.byKey.get(key);
    if (column === undefined) {
      column = { labels: labelsOfKey(key), t: [], v: [] };
      this.byKey.set(key, column);
    }
    column.t.push(t);
    column.v.push(v);
  }

  addSteps(rows: Iterable<readonly [string, Uint8Array]>): void {
    for (const [time, bytes] of rows)
      for (const [key, v] of stepRow.parse(JSON.parse(new TextDecoder().decode(bytes))))
        this.add(key, Number(time), v);
  }

  dropBefore(t: number): void {
    for (const [key, column] of this.byKey) {
      const keep = column.t.findIndex(each => each >= t);
      if (keep < 0) this.byKey.delete(key);
      else if (keep > 0) {
        column.t.splice(0, keep);
        column.v.splice(0, keep);
      }
    }
  }
}

/** Whether a series is one of what is counted of logs and of threat feeds. */
export function isOfLogs({ __name__: name = '' }: Labels): boolean {
  return name.startsWith('foreshock_log_') || name.startsWith('foreshock_threat_');
}

function wanted(names: readonly string[], labels: Labels): boolean {
  return isOfLogs(labels) && (names.length === 0 || names.includes(labels.__name__ ?? ''));
}

type StoredColumn = ReturnType<ResultStore['read']>;

/** What is stored of a series, and what is newer than that. */
function joined(key: string, old: StoredColumn, recent: Column | undefined, end: number): Series {
  const first = old.t.at(-1) ?? Number.NEGATIVE_INFINITY;
  const added = recent?.t.map((t, i) => [t, recent.v[i]!] as const).filter(([t]) => t > first && t <= end);
  const t = Float64Array.from([...old.t, ...(added ?? []).map(each => each[0])]);
  const v = Float64Array.from([...old.v, ...(added ?? []).map(each => each[1])]);
  return { labels: recent?.labels ?? labelsOfKey(key), t, v };
}

/** Stored blocks with what is newer than they are. */
function selectStored(
  stored: Pick<ResultStore, 'read' | 'names'>,
  recent: Columns,
  { names, start, end }: { readonly names: readonly string[]; readonly start: number; readonly end: number },
): readonly Series[] {
  const keys = new Set([...stored.names(), ...recent.byKey.keys()]);
  return [...keys]
    .filter(key => wanted(names, labelsOfKey(key)))
    .map(key => joined(key, stored.read(key, start, end), recent.byKey.get(key), end))
    .filter(series => series.t.length > 0);
}

/**
 * What is counted of the logs: the last two hours in memory, each step on disk when it is closed, blocks of many steps every
 * ten minutes. A restart finds all that was closed.
 */
export class LogSeriesBook implements SampledSeries {
  readonly #results: ResultStore;
  readonly #steps: KeyValues;
  readonly #recent = new Columns();
  readonly #keys = new Map<string, string>();
  /** Not yet in blocks. */
  #loose = new Columns();
  /** From here on the memory holds all, ms. */
  #since = Number.POSITIVE_INFINITY;

  constructor(store: Pick<Store, 'results' | 'values'>) {
    this.#results = store.results;
    this.#steps = store.values(table);
    const rows = this.#steps.entries();
    this.#recent.addSteps(rows);
    this.#loose.addSteps(rows);
    if (rows.length > 0) this.#since = Number(rows[0]![0]);
  }

  /** Takes the samples of closed steps; on disk when it returns, or with the caller's transaction. */
  add(samples: readonly LogSample[]): void {
    const byStep = new Map<number, [string, number][]>();
    for (const { labels, t, v } of samples) {
      const key = this.#keyOf(labels);
      this.#recent.add(key, t, v);
      this.#loose.add(key, t, v);
      const step = byStep.get(t) ?? [];
      step.push([key, v]);
      byStep.set(t, step);
      this.#since = Math.min(this.#since, t);
    }
    for (const [t, step] of byStep)
      this.#steps.set(String(t).padStart(16, '0'), new TextEncoder().encode(JSON.stringify(step)));
  }

  /** Series of one metric have the same labels in the same order: their values tell them apart. */
  #keyOf(labels: Labels): string {
    const values = Object.values(labels).join('\n');
    const known = this.#keys.get(values);
    if (known !== undefined) return known;
    if (this.#keys.size >= mostKeys) this.#keys.clear();
    const key = seriesKey(labels);
    this.#keys.set(values, key);
    return key;
  }

  /** Puts the steps so far into blocks, within the caller's transaction, and forgets what is older than two hours before `t`. */
  fold(t: number): void {
    for (const [key, { t: times, v }] of this.#loose.byKey)
      this.#results.append(key, Float64Array.from(times), Float64Array.from(v));
    for (const [time] of this.#steps.entries()) this.#steps.delete(time);
    this.#loose = new Columns();
    this.#recent.dropBefore(t - remembered);
    this.#since = Math.max(this.#since, t - remembered);
  }

  select(names: readonly string[], start: number, end: number): readonly Series[] {
    if (start < this.#since) return selectStored(this.#results, this.#recent, { names, start, end });
    const found = [...this.#recent.byKey.values()].filter(({ labels }) => wanted(names, labels));
    return found.map(({ labels, t, v }) => {
      const from = t.findLastIndex(each => each < start) + 1;
      return { labels, t: Float64Array.from(t.slice(from)), v: Float64Array.from(v.slice(from)) };
    });
  }
}

/** The same, read from the store in `directory` while a daemon writes it. */
export function storedLogSeries(directory: string): SampledSeries {
  return {
    select: (names, start, end) =>
      withReader(directory, reader => {
        const recent = new Columns();
        recent.addSteps(reader.values(table));
        return selectStored(reader, recent, { names, start, end });
      }) ?? [],
  };
}

/** How far a query looks back at most, ms: all its windows and offsets together. */
function reachOf(query: string): number {
  const told = query.match(/\b(?:\d+(?:ms|[smhdwy]))+\b/g) ?? [];
  return told.reduce((sum, text) => sum + parseDuration(text), 0);
}

/** The label of a series that names the source of the logs that it counts. */
export const sourceLabel = 'log_source';

/** Where the counts of one source of logs are asked for. */
export interface LogSourceOptions {
  readonly name: string;
  /** Resolves when all lines up to `end` (ms) were read; at once unless given. */
  readonly settled?: (end: number, signal?: AbortSignal) => Promise<void>;
}

/** Answers PromQL over what is counted of one source of logs; a query waits until it was read up to its end. */
export function createLogSource(
  series: SampledSeries,
  { name, settled = () => Promise.resolve() }: LogSourceOptions,
): SeriesSource {
  return {
    async queryRange(range) {
      await settled(range.end, range.signal);
      const from = range.start - reachOf(range.query) - 2 * range.step;
      const all = series.select(metricNames(range.query), from, range.end);
      const own = all.filter(({ labels }) => labels[sourceLabel] === name);
      return createEvaluator(own, { lookback: 2 * range.step }).queryRange(range);
    },
  };
}
