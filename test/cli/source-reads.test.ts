import { setImmediate as settled } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClassWatch } from '../../cli/class-watch.ts';
import { SourceReads } from '../../cli/source-reads.ts';
import { noTracing } from '../../cli/tracing.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import type { RangeQuery, SeriesSet } from '../../core/series.ts';
import { SourceError } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';

const step = 100;
const watchOf = (name: string) => ({
  class: { name, signals: [signalSchema.parse({ name: 'x', kind: 'cpu', query: name })], step },
  entityLabels: ['host'],
  absent: 'missing' as const,
  queries: [name],
});

/** A class that has learned the time before 0. */
function learned(name: string): ClassWatch {
  const random = createRandom(1);
  const watch = new ClassWatch(watchOf(name), { fpr: 0.01, seed: 1 });
  const entities = [{ host: 'a' }];
  const batches = Array.from({ length: 300 }, (_, i) => ({
    class: watch.watch.class,
    t: (i - 300) * step,
    entities,
    values: Float64Array.of(random()),
    partial: false,
  }));
  watch.fit({ batches, entities, failures: [] });
  return watch;
}

/** A source whose queries are answered by hand. */
function createStage(names: readonly string[]) {
  const asked: { query: RangeQuery; answer: (value: SeriesSet) => void; fail: (error: Error) => void }[] = [];
  const queryRange = (query: RangeQuery) =>
    new Promise<SeriesSet>((answer, fail) => void asked.push({ query, answer, fail }));
  const source = { queryRange };
  const health = { name: 'eu', up: true, lastAt: undefined, message: '', downSince: undefined };
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const reads = new SourceReads({
    source: { name: 'eu', source, health },
    watches: names.map(learned),
    step,
    departures: { settle: async () => undefined },
    missedTooMuch: () => undefined,
    metrics: createMetrics(),
    tracing: noTracing,
    log: { info: say, warn: say, error: say },
    signal: new AbortController().signal,
    clock: Date.now,
  });
  const open = (name: string) =>
    asked.splice(
      asked.findIndex(({ query }) => query.query === name),
      1,
    )[0]!;
  const one = ({ start, end }: RangeQuery): SeriesSet => {
    const t = Float64Array.from({ length: (end - start) / step + 1 }, (_, i) => start + i * step);
    return { series: [{ labels: { host: 'a' }, t, v: t.map(() => 0.5) }], warnings: [], partial: false };
  };
  return { reads, health, said, asked, open, one };
}

const timesOf = (read: readonly { readonly batches: readonly { readonly t: number }[] }[]) =>
  read.map(({ batches }) => batches.map(batch => batch.t));

it('goes on without a class that does not answer within a step, and takes its steps when they come', async () => {
  const { reads, open, one, asked } = createStage(['quick', 'slow']);
  const first = reads.gather(step);
  const quick = open('quick');
  quick.answer(one(quick.query));
  expect(timesOf(await first)).toEqual([[step], []]);
  const second = reads.gather(2 * step);
  const next = open('quick');
  next.answer(one(next.query));
  expect(timesOf(await second)).toEqual([[2 * step], []]);
  expect(asked.map(({ query }) => query.query)).toEqual(['slow']);
  const slow = open('slow');
  slow.answer(one(slow.query));
  await settled();
  const third = reads.gather(3 * step);
  const last = open('quick');
  last.answer(one(last.query));
  expect(timesOf(await third)).toEqual([[3 * step], [step]]);
  expect(open('slow').query).toMatchObject({ start: 2 * step, end: 3 * step });
});

it('is late when it stays two steps behind, until it is on time again', async () => {
  const { reads, open, one } = createStage(['slow']);
  for (let k = 1; k <= 8; k++) {
    const pass = reads.gather(k * step);
    if (k === 1) open('slow').answer(one({ query: 'slow', start: step, end: step, step }));
    await pass;
  }
  expect(reads.lateSince(8 * step)).toBe(3 * step);
  const late = open('slow');
  late.answer(one(late.query));
  await settled();
  await reads.gather(9 * step);
  const caught = open('slow');
  caught.answer(one(caught.query));
  await settled();
  await reads.gather(10 * step);
  expect(reads.lateSince(10 * step)).toBeUndefined();
});

it('is down when nothing of it can be read, and says so once; a class that fails alone leaves it up', async () => {
  const { reads, health, open, one, said } = createStage(['good', 'bad']);
  const refuse = () => open('bad').fail(new SourceError('no such function', { retryable: false }));
  const first = reads.gather(step);
  const good = open('good');
  good.answer(one(good.query));
  refuse();
  await first;
  expect(health.up).toBe(true);
  expect(said).toEqual(['bad: class bad: no such function']);
  for (const k of [2, 3]) {
    const pass = reads.gather(k * step);
    open('good').fail(new SourceError('refused', { retryable: true }));
    refuse();
    await pass;
    await reads.gather(k * step + 50);
  }
  expect(health).toMatchObject({ up: false, downSince: 2 * step });
  expect(said.slice(1)).toEqual(['source eu: class good: refused']);
});
