import { type ClassHistory, readBatches } from '../collectors/class-reader.ts';
import type { Batch, Entity } from '../core/batch.ts';
import type { SeriesSource } from '../core/series.ts';
import type { WatchedClass } from '../core/watched-class.ts';

/** How the past of a class is read: what was there `until` (ms), in pieces of at most `cells` values. */
export interface PastLimits {
  readonly until: number;
  readonly signal?: AbortSignal;
  /** Most values (entities x signals x steps) that one piece has. */
  readonly cells: number;
  /** Most samples of one answer: entities x steps. */
  readonly samples: number;
}

/** Times in ms, both ends included. */
export interface PastRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The past of one class, of the entities that it has now. */
export interface ClassPast {
  readonly entities: readonly Entity[];
  /** Time of the first batch of a range in which anything has a sample; undefined when nothing has. */
  beginning(range: PastRange): Promise<number | undefined>;
  /** Batches of a range in order of time, each with `entities`, piece by piece. */
  pieces(range: PastRange): AsyncGenerator<readonly Batch[]>;
}

const day = 86_400_000;
const glance = 300_000;

/** The batch with the rows of `entities` only, which stand before all others. */
export function narrowed(batch: Batch, entities: readonly Entity[]): Batch {
  if (batch.entities === entities) return batch;
  const values = batch.values.slice(0, entities.length * batch.class.signals.length);
  return { ...batch, entities, values };
}

/** Entities of a history that have a sample in it. */
function present({ batches, entities }: ClassHistory, width: number): readonly Entity[] {
  const has = (row: number) =>
    batches.some(({ values }) =>
      values.subarray(row * width, (row + 1) * width).some(v => Number.isFinite(v)),
    );
  return entities.filter((_, row) => has(row));
}

function readerOf(watch: WatchedClass, source: SeriesSource, { signal }: PastLimits) {
  return ({ start, end, step }: PastRange, entities: readonly Entity[], absent = watch.absent) =>
    readBatches(
      source,
      { ...watch, absent, class: { ...watch.class, step } },
      { start, end, entities, ...(signal === undefined ? {} : { signal }) },
    );
}

/**
 * Opens the past of a class: its members are the entities with a sample in the last day; what is gone for longer is not
 * watched and not read. Rejects with a SourceError, as each piece does.
 */
export async function openPast(
  watch: WatchedClass,
  source: SeriesSource,
  limits: PastLimits,
): Promise<ClassPast> {
  const width = watch.class.signals.length;
  const { until } = limits;
  const read = readerOf(watch, source, limits);
  const step = Math.max(glance, watch.class.step);
  // The grid of a coarse step may end some minutes before `until`: a young class is looked for at its own step too.
  const seen = await read({ start: until - day, end: until, step }, [], 'missing');
  const lately = until - Math.min(step, 100 * watch.class.step);
  const { entities } = await read(
    { start: lately, end: until, step: watch.class.step },
    present(seen, width),
    'missing',
  );
  return pastOf(watch, source, entities, limits);
}

/** The past of known entities of a class. */
export function pastOf(
  watch: WatchedClass,
  source: SeriesSource,
  entities: readonly Entity[],
  limits: PastLimits,
): ClassPast {
  const width = watch.class.signals.length;
  const read = readerOf(watch, source, limits);
  const rows = Math.max(1, entities.length);
  const points = Math.max(1, Math.floor(Math.min(limits.cells / (rows * width), limits.samples / rows)));
  return {
    entities,
    async beginning({ start, end, step: wanted }) {
      for (let from = start; from <= end; from += day) {
        const last = Math.min(end, from + day - wanted);
        const { batches } = await read({ start: from, end: last, step: wanted }, [], 'missing');
        const first = batches.find(({ values }) => values.some(value => Number.isFinite(value)));
        if (first !== undefined) return first.t;
      }
      return undefined;
    },
    async *pieces({ start, end, step: wanted }) {
      const length = (points - 1) * wanted;
      for (let from = start; from <= end; from += length + wanted) {
        const { batches } = await read(
          { start: from, end: Math.min(end, from + length), step: wanted },
          entities,
        );
        yield batches.map(batch => narrowed(batch, entities));
      }
    },
  };
}
