import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { ClassWatch } from '../../cli/class-watch.ts';
import { type JudgingOptions, judgeStep } from '../../cli/judging.ts';
import { resultsOf } from '../../cli/results.ts';
import { ScoringDesk } from '../../cli/scoring-desk.ts';
import { createScoringPool, type ScoringPool } from '../../cli/scoring-pool.ts';
import { noTracing } from '../../cli/tracing.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createMetrics } from '../../server/metrics.ts';

const step = 60_000;
const t0 = 20_000 * 86_400_000;
const entry = pathToFileURL(path.resolve(import.meta.dirname, '../../dist/cli/scoring-worker.js'));
const signals = ['traffic', 'errors'].map(name => signalSchema.parse({ name, kind: 'traffic', query: 'x' }));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const pools: ScoringPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function makeWatch(name: string) {
  const watched = {
    class: { name, step, signals },
    entityLabels: ['service'],
    absent: 'missing',
    queries: ['x', 'y'],
  } as const;
  return new ClassWatch(watched, { fpr: 0.01, seed: 1, options: { 'lstm-autoencoder': quick } });
}
const quick = { window: 20, hidden: 8, latent: 8, windows: 64, epochs: 1 };

/** Batches of a class of `rows` entities from step `from` on; the last entity is far out now and then. */
function batchesOf(watch: ClassWatch, rows: number, { from, count }: { from: number; count: number }) {
  const entities = Array.from({ length: rows }, (_, i) => ({ service: `${watch.watch.class.name}-${i}` }));
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(from + i);
    const values = Float64Array.from({ length: 2 * rows }, (__, cell) =>
      cell >= 2 * rows - 2 && (from + i) % 9 > 5 ? 30 : Math.sin(cell + (from + i) / 9) + 0.3 * random(),
    );
    return { class: watch.watch.class, t: t0 + (from + i) * step, entities, values, partial: false };
  });
}

/** A class of `rows` entities that has learned 300 steps of a few of them, and knows all. */
function fitted(name: string, rows: number): ClassWatch {
  const watch = makeWatch(name);
  const [first] = batchesOf(watch, 3, { from: 0, count: 1 });
  watch.fit({
    batches: batchesOf(watch, 3, { from: 0, count: 300 }),
    entities: first!.entities,
    failures: [],
  });
  const known = batchesOf(watch, rows, { from: 200, count: 100 });
  watch.enroll({ batches: known, entities: known[0]!.entities, failures: [] });
  return watch;
}

/** Scores and p-values of the last pass. */
const numbersOf = (watch: ClassWatch): string => [...resultsOf(watch)].map(({ v }) => v).join(' ');

function deskOf(pool: Pick<ScoringPool, 'score'>, patience: () => Promise<void>) {
  const metrics = createMetrics();
  const desk = new ScoringDesk({ pool, patience, metrics, log: silent });
  const skipped = async () => (await metrics.passesSkipped.get()).values;
  return { desk, skipped };
}
/** Until a thread has answered; the test's own limit ends it otherwise. */
async function isLate(desk: ScoringDesk): Promise<void> {
  for (let i = 0; i < 1000 && desk.late().length === 0; i++) await new Promise(done => setTimeout(done, 20));
}
const never = () => new Promise<void>(() => undefined);
const read = (watch: ClassWatch, batch: ReturnType<typeof batchesOf>[number]) => ({
  watch,
  batches: [batch],
  settle: async () => undefined,
});

it('judges what was scored in threads as it does in place, to the last bit', async () => {
  const pool = createScoringPool(2, entry);
  pools.push(pool);
  const { desk } = deskOf(pool, never);
  const [here, there] = [fitted('a/a', 1000), fitted('a/a', 1000)];
  const heres = batchesOf(here, 1000, { from: 300, count: 9 });
  const theres = batchesOf(there, 1000, { from: 300, count: 9 });
  for (const [i, batch] of heres.entries()) {
    const inPlace = await judgeStep([read(here, batch)], batch.t, { tracing: noTracing });
    const options: JudgingOptions = { tracing: noTracing, desk };
    const inThreads = await judgeStep([read(there, theres[i]!)], batch.t, options);
    expect(numbersOf(there)).toEqual(numbersOf(here));
    expect(inThreads).toEqual(inPlace);
  }
  expect(Buffer.compare(here.snapshot()!.bytes, there.snapshot()!.bytes)).toBe(0);
});

/** A pool that keeps each batch of a class waiting until the test sets it free. */
function heavyPool(heavy: string, pool: ScoringPool) {
  let free = () => {};
  const score: ScoringPool['score'] = async (name, scoring) => {
    if (name === heavy)
      await new Promise<void>(resolve => {
        free = resolve;
      });
    await pool.score(name, scoring);
  };
  return { score, free: () => free() };
}

it('passes the others in time while one class is heavy, and judges it later under its own time', async () => {
  const pool = createScoringPool(1, entry);
  pools.push(pool);
  const { score, free } = heavyPool('heavy/heavy', pool);
  const light = fitted('light/light', 900);
  const heavy = fitted('heavy/heavy', 900);
  let lightIsDone = never();
  const { desk, skipped } = deskOf(
    {
      score: (name, scoring) => {
        const done = score(name, scoring);
        if (name === 'light/light') lightIsDone = done;
        return done;
      },
    },
    () => lightIsDone.then(() => new Promise(setImmediate)),
  );
  const lights = batchesOf(light, 900, { from: 300, count: 5 });
  const heavies = batchesOf(heavy, 900, { from: 300, count: 5 });
  const pass = async (i: number) => {
    const all = [...desk.late(), read(heavy, heavies[i]!), read(light, lights[i]!)];
    const times = [...new Set(all.flatMap(({ batches }) => batches.map(({ t }) => t)))].sort((a, b) => a - b);
    const judged: string[] = [];
    for (const t of times) {
      const { classes } = await judgeStep(all, t, { tracing: noTracing, desk });
      for (const name of classes) judged.push(`${name} ${(t - t0) / step}`);
    }
    return judged;
  };
  expect(await pass(0)).toEqual(['light/light 300']);
  expect(await pass(1)).toEqual(['light/light 301']);
  expect(await pass(2)).toEqual(['light/light 302']);
  expect(desk.lateSince(heavy)).toBe(heavies[0]!.t);
  expect(desk.lateSince(light)).toBeUndefined();
  expect(await skipped()).toEqual([{ labels: { class: 'heavy/heavy' }, value: 2 }]);
  free();
  await isLate(desk);
  expect(await pass(3)).toEqual(['heavy/heavy 300', 'light/light 303']);
  free();
  await isLate(desk);
  expect(await pass(4)).toEqual(['heavy/heavy 303', 'light/light 304']);
});

it('scores a class in the pass when its thread dies, with the same result', async () => {
  const dying = new URL('data:text/javascript,process.exit(3)');
  const pool = createScoringPool(1, dying);
  pools.push(pool);
  const { desk } = deskOf(pool, never);
  const [here, there] = [fitted('a/a', 900), fitted('a/a', 900)];
  const [batch] = batchesOf(here, 900, { from: 300, count: 1 });
  await judgeStep([read(here, batch!)], batch!.t, { tracing: noTracing });
  const { classes } = await judgeStep([read(there, batch!)], batch!.t, { tracing: noTracing, desk });
  expect([...classes]).toEqual(['a/a']);
  expect(numbersOf(there)).toEqual(numbersOf(here));
});
