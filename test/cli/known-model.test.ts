import { beforeAll, expect, it } from 'vitest';
import { lastJudgement } from '../../cli/class-readings.ts';
import { classSignature } from '../../cli/class-signature.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { reviveAt } from '../../cli/known-model.ts';
import { relearn, train } from '../../cli/training.ts';
import type { ModelVersion } from '../../core/model-version.ts';
import { signalSchema } from '../../core/pack.ts';
import { openStore } from '../../store/sqlite.ts';
import { createPast, normalLife } from './virtual-past.ts';

const day = 86_400_000;
const step = 300_000;
const fittedAt = 40 * day;
const signal = signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x' });
const makeWatch = (fpr = 0.01) =>
  new ClassWatch(
    {
      class: { name: 'web/service', step, signals: [signal] },
      entityLabels: ['service'],
      absent: 'missing',
      queries: ['x'],
    },
    { fpr, seed: 1, detectors: ['robust-z', 'isolation-forest'] },
  );
const services = ['a', 'b', 'c'];
const past = createPast(services.map(service => ({ service, from: 0, until: 60 * day })));
const quiet = {
  begin: (watch: ClassWatch) => ({
    pass: (batch: Parameters<ClassWatch['pass']>[0]) => void watch.pass(batch),
    end: () => undefined,
  }),
  of: () => undefined,
};

/** The models of a daemon that fitted the class twice, the second time two days later. */
const { models } = openStore(':memory:');
beforeAll(async () => {
  const watch = makeWatch();
  await train(watch, past, { window: 10 * day, until: fittedAt, pages: quiet });
  const { t, rows, entities, bytes } = watch.snapshot()!;
  const it = { class: 'web/service', t, rows, entities, signature: classSignature(watch) };
  models.add({ ...it, at: fittedAt, why: 'first fit' }, bytes);
  models.add({ ...it, at: fittedAt + 2 * day, why: 'refresh' }, bytes);
});

const isA = (entity: Readonly<Record<string, string>>) => entity.service === 'a';
const revive = (watch: ClassWatch, t: number, matches = isA) =>
  reviveAt(watch, models, { t, from: t - 4 * day, matches });

it('takes the version that was in use at the moment', () => {
  const versionAt = (t: number): ModelVersion | undefined => revive(makeWatch(), t)?.version;
  expect(versionAt(fittedAt + day)).toMatchObject({ version: 1, why: 'first fit' });
  expect(versionAt(fittedAt + 3 * day)).toMatchObject({ version: 2, why: 'refresh' });
});

it('takes none before the first, and none that was made for other options', () => {
  const early = makeWatch();
  expect(revive(early, fittedAt - 1)).toBeUndefined();
  expect(early.fitted).toBe(false);
  expect(revive(makeWatch(0.02), fittedAt + day)).toBeUndefined();
});

it('says when a model knows nothing that matches', () => {
  expect(revive(makeWatch(), fittedAt + day, () => false)).toMatchObject({ found: 0 });
});

it('judges a moment by the model of then and the three days before it, and reads no more', async () => {
  const t = fittedAt + 5 * day;
  const watch = makeWatch();
  revive(watch, t);
  const asked = past.asked.length;
  await relearn(watch, past, { until: t - step });
  const reads = past.asked.slice(asked);
  expect(Math.min(...reads.map(({ start }) => start))).toBeGreaterThanOrEqual(t - 3 * day - 2 * step);
  const { entities } = watch;
  const values = (far: number) =>
    Float64Array.from(entities, ({ service }) => normalLife(service!, t) + (service === 'a' ? far : 0));
  const batch = { class: watch.watch.class, t, entities, values: values(0), partial: false };
  watch.pass(batch);
  expect(lastJudgement(watch, { service: 'a' })!.p).toBeGreaterThan(0.01);
  for (let i = 1; i <= 3; i++) watch.pass({ ...batch, t: t + i * step, values: values(60) });
  expect(lastJudgement(watch, { service: 'a' })).toMatchObject({ state: 'watching' });
  expect(lastJudgement(watch, { service: 'a' })!.p).toBeLessThan(0.01);
  expect(lastJudgement(watch, { service: 'b' })!.p).toBeGreaterThan(0.01);
});
