import type { Labels } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import type { ResultStore } from '../core/store.ts';
import { parseSelector } from '../promql/build.ts';
import { ask } from '../promql/evaluate/engine.ts';
import { seriesOf, sourceError } from '../promql/evaluate/evaluator.ts';
import type { Reach } from '../promql/evaluate/reach.ts';
import { type Dialect, SeriesIndex } from '../promql/evaluate/select.ts';
import type { QueryTarget } from '../server/query-target.ts';
import type { ClassWatch } from './class-watch.ts';
import { matchesAny } from './label-matches.ts';
import { metricsAbout } from './metrics-about.ts';
import { matchingSeries, presentSeries, type SampledSeries } from './sampled-series.ts';
import { seriesKey } from './series-key.ts';
import { troublesOf } from './stored-series.ts';

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

interface OpenBlock {
  readonly t: number[];
  readonly v: number[];
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
  const open = new Map<string, OpenBlock>();
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

const day = 86_400_000;

/** Most samples that a query may hold at once: 250 MB at most, of four queries a gigabyte. */
const maxSamples = 10_000_000;

/** What is read of ours: the API's target, and the same as a source. */
export interface ResultTarget extends QueryTarget {
  readonly source: SeriesSource;
}

/** How results are read: whose windows to follow (3 unless told), for how long a sample counts (ms), and what metrics are. */
export interface ResultTargetOptions {
  readonly lookback: (names: readonly string[]) => number;
  readonly now: () => number;
  readonly dialect?: Dialect;
}

/** The series of these label sets that any of the selectors picks. */
function picked(all: readonly Labels[], selectors: readonly string[]): readonly Labels[] {
  if (selectors.length === 0) return all;
  const matches = matchesAny(selectors.map(parseSelector));
  return all.filter(labels => matches(labels));
}

/**
 * Our own series as a Prometheus answers them: for the query API. `lookback` is how long a sample of the metrics that a query
 * names counts, ms, a day at most.
 */
export function createResultTarget(ours: SampledSeries, options: ResultTargetOptions): ResultTarget {
  const { lookback, now, dialect = 3 } = options;
  const how = {
    lookback: (name: string) => (name === '' ? day : lookback([name])),
    dialect,
    // NaN is "missing" in our columns.
    nanEnds: true,
    maxSamples,
  };
  const answer: QueryTarget['answer'] = async question => {
    const read: Series[] = [];
    const load = ({ selectors, ...reach }: Reach) => {
      for (const one of matchingSeries(ours, { ...reach, matches: matchesAny(selectors) })) read.push(one);
      return new SeriesIndex(read);
    };
    const told = await ask(question, load, how);
    return { answer: told, warnings: troublesOf(read) };
  };
  return {
    now,
    answer,
    metadata: () => metricsAbout,
    source: sourceOf(answer),
    async series(selectors, { start, end }) {
      const found = picked(presentSeries(ours, start, end), selectors);
      return [...new Map(found.map(labels => [seriesKey(labels), labels])).values()];
    },
  };
}

function sourceOf(answer: QueryTarget['answer']): SeriesSource {
  return {
    async queryRange(range) {
      const told = await answer(range).catch((error: unknown) => {
        throw sourceError(error, range.query);
      });
      return { ...seriesOf(told.answer), warnings: told.warnings, partial: told.warnings.length > 0 };
    },
  };
}
