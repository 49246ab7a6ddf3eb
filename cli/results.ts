import type { Labels } from '../core/labels.ts';
import { includes } from '../core/labels.ts';
import type { ResultStore } from '../core/store.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';
import { metricNames } from '../promql/names.ts';
import type { QueryTarget } from '../server/query-api.ts';
import type { ClassWatch } from './class-watch.ts';
import { lazySeries, type Samples } from './computed-series.ts';
import { isOfLogs } from './log-series.ts';
import type { SampledSeries } from './sampled-series.ts';
import { labelsOfKey, seriesKey } from './series-key.ts';

/** One value of a series of ours at one time (ms). */
export interface Result {
  readonly labels: Labels;
  readonly t: number;
  readonly v: number;
}

/** Score and p-value of every row of a class's last pass that could be judged. */
export function* resultsOf({ watch, entities, states, t }: ClassWatch): Iterable<Result> {
  const { judgement } = states;
  for (let row = 0; row < entities.length; row++) {
    const labels = { ...entities[row]!, class: watch.class.name };
    const score = judgement?.score[row] ?? Number.NaN;
    const p = judgement?.p[row] ?? Number.NaN;
    if (Number.isFinite(score))
      yield { labels: { ...labels, __name__: 'foreshock_anomaly_score' }, t, v: score };
    if (Number.isFinite(p)) yield { labels: { ...labels, __name__: 'foreshock_anomaly_p_value' }, t, v: p };
  }
}

/** Collects results in memory and writes them in blocks: a block a series, not a row a sample. */
export interface ResultWriter {
  add(result: Result): void;
  /** What is not written yet of a series, by its key. */
  recent(key: string): { readonly t: readonly number[]; readonly v: readonly number[] } | undefined;
  /** Keys of the series of which something is not written yet. */
  keys(): Iterable<string>;
  /** Writes what is there; called every ten minutes and at the end. */
  flush(): void;
}

export function createResultWriter(store: ResultStore): ResultWriter {
  const open = new Map<string, { t: number[]; v: number[] }>();
  return {
    add({ labels, t, v }) {
      const key = seriesKey(labels);
      const block = open.get(key) ?? { t: [], v: [] };
      block.t.push(t);
      block.v.push(v);
      open.set(key, block);
    },
    recent: key => open.get(key),
    keys: () => open.keys(),
    flush() {
      for (const [key, { t, v }] of open) store.append(key, Float64Array.from(t), Float64Array.from(v));
      open.clear();
    },
  };
}

/** What is stored of a series, and after it what is not written yet, from `start` to `end` (ms). */
function joined(stored: Samples, recent: ReturnType<ResultWriter['recent']>, end: number): Samples {
  const last = stored.t.at(-1) ?? Number.NEGATIVE_INFINITY;
  const from = recent?.t.findIndex(t => t > last) ?? -1;
  if (recent === undefined || from < 0) return stored;
  const to = recent.t.findLastIndex(t => t <= end) + 1;
  return {
    t: Float64Array.from([...stored.t, ...recent.t.slice(from, to)]),
    v: Float64Array.from([...stored.v, ...recent.v.slice(from, to)]),
  };
}

/** Scores, p-values and marks as they are stored, with those of the last minutes that are not yet. */
export function resultSeries(
  store: ResultStore,
  writer: Pick<ResultWriter, 'recent' | 'keys'>,
): SampledSeries {
  const wanted = (names: readonly string[], labels: Labels) =>
    !isOfLogs(labels) && (names.length === 0 || names.includes(labels.__name__ ?? ''));
  return {
    select: (names, start, end) =>
      [...new Set([...store.names(), ...writer.keys()])]
        .map(key => ({ key, labels: labelsOfKey(key) }))
        .filter(({ labels }) => wanted(names, labels))
        .map(({ key, labels }) =>
          lazySeries(labels, () => joined(store.read(key, start, end), writer.recent(key), end)),
        ),
  };
}

const day = 86_400_000;

/** Which of the label sets a selector picks. */
async function picked(all: readonly Labels[], selector: string): Promise<readonly Labels[]> {
  const now = all.map(labels => ({ labels, t: new Float64Array(1), v: new Float64Array(1).fill(1) }));
  const range = { query: selector, start: 0, end: 0, step: 1000 };
  const { series } = await createEvaluator(now, { lookback: 1000 }).queryRange(range);
  return all.filter(labels => series.some(one => includes(labels, one.labels)));
}

/**
 * Our own series as a Prometheus answers them: for the query API. `lookback` is how long a sample of the metrics that a query
 * names counts, ms, a day at most.
 */
export function createResultTarget(
  ours: SampledSeries,
  options: { readonly lookback: (names: readonly string[]) => number; readonly now: () => number },
): QueryTarget {
  const { lookback, now } = options;
  return {
    now,
    source: {
      queryRange(range) {
        const names = metricNames(range.query);
        const series = ours.select(names, range.start - day, range.end);
        return createEvaluator(series, { lookback: lookback(names) }).queryRange(range);
      },
    },
    async series(selectors, { start, end }) {
      const names = selectors.map(metricNames);
      // A selector that names no metric may mean any.
      const asked = names.every(each => each.length > 0) ? names.flat() : [];
      const there = ours.select(asked, start, end).filter(({ t }) => t.length > 0);
      const all = there.map(({ labels }) => labels);
      const found =
        selectors.length === 0 ? all : (await Promise.all(selectors.map(each => picked(all, each)))).flat();
      return [...new Map(found.map(labels => [seriesKey(labels), labels])).values()];
    },
  };
}
