import { cutSamples } from '../core/cut-samples.ts';
import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { ResultStore } from '../core/store.ts';
import { isOfLogs } from './log-series.ts';
import type { ResultWriter } from './results.ts';
import type { AskedSeries, SampledSeries } from './sampled-series.ts';
import { labelsOfKey } from './series-key.ts';

type Column = ReturnType<ResultStore['read']>;

/** A series whose samples are read when a query touches them, and then kept. A block that cannot be read is told, not thrown. */
export class StoredSeries implements Series {
  readonly labels: Labels;
  readonly #read: () => Column;
  #column: Column | undefined;
  #trouble: string | undefined;

  constructor(labels: Labels, read: () => Column) {
    this.labels = labels;
    this.#read = read;
  }

  get t(): Float64Array {
    return this.#samples().t;
  }

  get v(): Float64Array {
    return this.#samples().v;
  }

  /** Why the samples are missing. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  #samples(): Column {
    if (this.#column !== undefined) return this.#column;
    try {
      this.#column = this.#read();
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#column = { t: new Float64Array(), v: new Float64Array() };
    }
    return this.#column;
  }
}

/** What to say of series that could not be read; nothing when all could. */
export function troublesOf(series: readonly Series[]): readonly string[] {
  const broken = series.filter(one => one instanceof StoredSeries && one.trouble !== undefined);
  const [first] = broken;
  if (!(first instanceof StoredSeries)) return [];
  return [`${broken.length} of ${series.length} series could not be read from the store: ${first.trouble}`];
}

/** The labels of keys, read once for each. */
function knownLabels(): (keys: readonly string[]) => readonly (readonly [key: string, labels: Labels])[] {
  let known = new Map<string, Labels>();
  return keys => {
    const pairs = keys.map(key => [key, known.get(key) ?? labelsOfKey(key)] as const);
    known = new Map(pairs);
    return pairs;
  };
}

/** Samples of the store with those that are not written yet behind them. */
function withOpen(
  stored: Column,
  open: { readonly t: readonly number[]; readonly v: readonly number[] },
): Column {
  const after = stored.t.at(-1) ?? Number.NEGATIVE_INFINITY;
  const from = open.t.findIndex(t => t > after);
  if (from < 0) return stored;
  return { t: joined(stored.t, open.t.slice(from)), v: joined(stored.v, open.v.slice(from)) };
}

function joined(before: Float64Array, after: readonly number[]): Float64Array {
  const out = new Float64Array(before.length + after.length);
  out.set(before);
  out.set(after, before.length);
  return out;
}

/** Scores and p-values as they are stored, and what `writer` has not written yet. */
export function resultSeries(
  store: Pick<ResultStore, 'names' | 'read'>,
  writer?: Pick<ResultWriter, 'recent' | 'keys'>,
): SampledSeries {
  const labelsOf = knownLabels();
  const keysOf = (range?: { start: number; end: number }) => [
    ...new Set([...store.names(range), ...(writer?.keys() ?? [])]),
  ];
  const read = (key: string, start: number, end: number): Column => {
    const stored = store.read(key, start, end);
    const block = writer?.recent(key);
    return block === undefined ? stored : cutSamples(withOpen(stored, block), start, end);
  };
  const matching = ({ names, start, end, matches }: AskedSeries) =>
    labelsOf(keysOf())
      .filter(([, labels]) => !isOfLogs(labels))
      .filter(([, labels]) => names.length === 0 || names.includes(labels.__name__ ?? ''))
      .filter(([, labels]) => matches(labels))
      .map(([key, labels]) => new StoredSeries(labels, () => read(key, start, end)));
  return {
    matching,
    select: (names, start, end) => matching({ names, start, end, matches: () => true }),
    present: (start, end) =>
      labelsOf(keysOf({ start, end }))
        .map(([, labels]) => labels)
        .filter(labels => !isOfLogs(labels)),
  };
}
