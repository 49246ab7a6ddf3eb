import type { Batch, Entity } from '../core/batch.ts';
import { fingerprint } from '../core/labels.ts';
import type { SeriesSet, SeriesSource } from '../core/series.ts';
import { SourceError, TooManySamples } from '../core/series.ts';
import { entityOf, type WatchedClass } from '../core/watched-class.ts';

/** What to read, in ms, both ends included; `entities` are those known before and keep their rows and identity. */
export interface ReadRange {
  readonly start: number;
  readonly end: number;
  readonly signal?: AbortSignal;
  readonly entities?: readonly Entity[];
}

/** One batch per step, all with the same `entities` array. */
export interface ClassHistory {
  readonly batches: readonly Batch[];
  readonly entities: readonly Entity[];
  /** Signals that could not be read: their values are NaN, and the batches partial. */
  readonly failures: readonly { readonly signal: string; readonly message: string }[];
  /** What the source says against its own answers, each once: the batches are partial. */
  readonly warnings?: readonly string[];
}

/**
 * Reads all signals of a class, one range query each, and joins them on the entity labels. When a query answers several
 * series for one entity, the last one counts. `absent: zero` fills where the query was answered. Rejects with a
 * SourceError when every signal failed, and with TooManySamples when one of them reads too much.
 *
 * A range query cannot tell a fresh sample from one that Prometheus' lookback carries on for up to 5 minutes: the queries
 * of a resolved pack read ranges only (`rate(...)`, `last_over_time(x[2 x scrape interval])`).
 */
export async function readBatches(
  source: SeriesSource,
  watch: WatchedClass,
  range: ReadRange,
): Promise<ClassHistory> {
  const { step, signals } = watch.class;
  const { signal } = range;
  const start = Math.ceil(range.start / step) * step;
  const end = Math.floor(range.end / step) * step;
  const settled = await Promise.allSettled(
    watch.queries.map(query => source.queryRange({ query, start, end, step, ...(signal ? { signal } : {}) })),
  );
  signal?.throwIfAborted();
  for (const result of settled)
    if (result.status === 'rejected' && result.reason instanceof TooManySamples) throw result.reason;
  const answers = settled.map(result => (result.status === 'fulfilled' ? result.value : undefined));
  const failures = settled.flatMap((result, k) =>
    result.status === 'rejected'
      ? [{ signal: signals[k]?.name ?? `${k}`, message: messageOf(result.reason) }]
      : [],
  );
  if (failures.length > 0 && failures.length === settled.length)
    throw new SourceError(`class ${watch.class.name}: ${failures[0]!.message}`, { retryable: true });
  const rows = rowsOf(answers, watch, range.entities);
  const partial = answers.some(
    answer => answer === undefined || answer.partial || answer.warnings.length > 0,
  );
  const batches = emptyBatches(watch, rows.entities, { start, end, partial });
  answers.forEach((answer, k) => {
    if (answer !== undefined) fill(batches, answer, { k, watch, rows: rows.byKey });
  });
  const warnings = [...new Set(answers.flatMap(answer => answer?.warnings ?? []))];
  return { batches, entities: rows.entities, failures, warnings };
}

interface Rows {
  readonly entities: readonly Entity[];
  readonly byKey: ReadonlyMap<string, number>;
}

/** Known entities first, in their order; the same array when no other appeared. */
function rowsOf(
  answers: readonly (SeriesSet | undefined)[],
  watch: WatchedClass,
  known: readonly Entity[] = [],
): Rows {
  const byKey = new Map(known.map((entity, row) => [fingerprint(entity), row]));
  const added: Entity[] = [];
  for (const { labels } of answers.flatMap(answer => answer?.series ?? [])) {
    const entity = entityOf(watch, labels);
    const key = fingerprint(entity);
    if (byKey.has(key)) continue;
    byKey.set(key, known.length + added.length);
    added.push(entity);
  }
  return { entities: added.length === 0 ? known : [...known, ...added], byKey };
}

function emptyBatches(
  watch: WatchedClass,
  entities: readonly Entity[],
  span: { start: number; end: number; partial: boolean },
): Batch[] {
  const { step, signals } = watch.class;
  const out: Batch[] = [];
  for (let t = span.start; t <= span.end; t += step) {
    const values = new Float64Array(entities.length * signals.length).fill(Number.NaN);
    out.push({ class: watch.class, t, entities, values, partial: span.partial });
  }
  return out;
}

interface Column {
  readonly k: number;
  readonly watch: WatchedClass;
  readonly rows: ReadonlyMap<string, number>;
}

function fill(batches: readonly Batch[], answer: SeriesSet, { k, watch, rows }: Column): void {
  const { step, signals } = watch.class;
  const width = signals.length;
  if (watch.absent === 'zero')
    for (const { values } of batches) for (let at = k; at < values.length; at += width) values[at] = 0;
  const first = batches[0]?.t ?? 0;
  for (const { labels, t, v } of answer.series) {
    const row = rows.get(fingerprint(entityOf(watch, labels)))!;
    for (let i = 0; i < t.length; i++) {
      const batch = batches[Math.round((t[i]! - first) / step)];
      if (batch !== undefined) batch.values[row * width + k] = v[i]!;
    }
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
