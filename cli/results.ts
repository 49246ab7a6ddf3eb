import type { Labels } from '../core/labels.ts';
import { includes } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { ResultStore } from '../core/store.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';
import { metricNames } from '../promql/names.ts';
import type { QueryTarget } from '../server/query-api.ts';
import type { ClassWatch } from './class-watch.ts';
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
    flush() {
      for (const [key, { t, v }] of open) store.append(key, Float64Array.from(t), Float64Array.from(v));
      open.clear();
    },
  };
}

/** Our own results as a Prometheus answers them: for the query API. `lookback` is how long a result counts, ms. */
export function createResultTarget(
  store: ResultStore,
  options: { readonly lookback: number; readonly now: () => number },
): QueryTarget {
  const { lookback, now } = options;
  const seriesOf = (wanted: (labels: Labels) => boolean, start: number, end: number): Series[] =>
    store
      .names()
      .map(key => ({ key, labels: labelsOfKey(key) }))
      .filter(({ labels }) => wanted(labels))
      .map(({ key, labels }) => ({ labels, ...store.read(key, start, end) }));
  return {
    now,
    source: {
      queryRange(range) {
        const names = metricNames(range.query);
        const wanted = (labels: Labels) => names.length === 0 || names.includes(labels.__name__ ?? '');
        const day = 86_400_000;
        const series = seriesOf(wanted, range.start - day, range.end);
        return createEvaluator(series, { lookback }).queryRange(range);
      },
    },
    async series(selectors, { start, end }) {
      const all = await Promise.all(
        (selectors.length === 0 ? [undefined] : selectors).map(async selector => {
          const labels = seriesOf(() => true, start, end).filter(each => each.t.length > 0);
          if (selector === undefined) return labels;
          const last = labels.map(each => ({
            labels: each.labels,
            t: each.t.slice(-1).fill(0),
            v: each.v.slice(-1).fill(1),
          }));
          const found = await createEvaluator(last, { lookback: 1000 }).queryRange({
            query: selector,
            start: 0,
            end: 0,
            step: 1000,
          });
          return labels.filter(each => found.series.some(one => includes(each.labels, one.labels)));
        }),
      );
      const unique = new Map(all.flat().map(each => [seriesKey(each.labels), each.labels]));
      return [...unique.values()];
    },
  };
}
