import { describe, expect, it } from 'vitest';
import { classOverview, standingOf } from '../../cli/class-readings.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { createDepartures } from '../../cli/departures.ts';
import type { Batch, Entity } from '../../core/batch.ts';
import type { Anomaly } from '../../core/detector.ts';
import { signalSchema } from '../../core/pack.ts';
import type { SeriesSource } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { normalLife } from './virtual-past.ts';

const step = 15_000;
const learned = 400;
const class_ = {
  name: 'web/instance',
  step,
  signals: [signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x' })],
};
const entities = ['a', 'b', 'c'].map(instance => ({ instance }));

const batch = (i: number, present: readonly string[], all: readonly Entity[] = entities): Batch => ({
  class: class_,
  t: i * step,
  entities: all,
  values: Float64Array.from(all, ({ instance = '' }) =>
    present.includes(instance) ? normalLife(instance, i * step) : Number.NaN,
  ),
  partial: false,
});

/** `up` of each instance: until which step it is scraped, and from which on its exporter does not answer. */
function targets(up: Record<string, { readonly until?: number; readonly down?: number }>): SeriesSource {
  const series = Object.entries(up).map(([instance, { until = 500, down = 500 }]) => {
    const t = Float64Array.from({ length: until + 1 }, (_, i) => i * step);
    const v = t.map(at => (at < down * step ? 1 : 0));
    return { labels: { __name__: 'up', job: 'web', instance }, t, v };
  });
  return createEvaluator(series, { lookback: 300_000 });
}

/** The same, scraped every 20 steps: `a` at step 400, where its exporter does not answer, the others at step 405. */
function rareTargets(): SeriesSource {
  const series = ['a', 'b', 'c'].map(instance => {
    const phase = instance === 'a' ? 0 : 5;
    const t = Float64Array.from({ length: 25 }, (_, i) => (20 * i + phase) * step);
    const v = t.map(at => (instance === 'a' && at >= learned * step ? 0 : 1));
    return { labels: { __name__: 'up', job: 'web', instance }, t, v };
  });
  return createEvaluator(series, { lookback: 300_000 });
}

function trained(own: { readonly interval?: number } = {}): ClassWatch {
  const watch = new ClassWatch(
    { class: class_, entityLabels: ['instance'], absent: 'missing', queries: ['x'], ...own },
    { fpr: 0.01, seed: 1 },
  );
  const batches = Array.from({ length: learned }, (_, i) => batch(i, ['a', 'b', 'c']));
  watch.fit({ batches, entities, failures: [] });
  return watch;
}

/** Passes the batches of steps from 400 on, and answers what was told of `instance` at the last. */
async function live(
  watch: ClassWatch,
  source: SeriesSource,
  batches: readonly Batch[],
  instance = 'a',
): Promise<Anomaly | undefined> {
  const departures = createDepartures(step);
  let told: readonly Anomaly[] = [];
  for (const each of batches) {
    await departures.settle(watch, each, { source });
    told = watch.pass(each);
  }
  return told.find(({ entity }) => entity.instance === instance);
}

const steps = (present: readonly string[], n = 10) =>
  Array.from({ length: n }, (_, i) => batch(learned + i, i < 2 ? ['a', 'b', 'c'] : present));

describe('an instance without samples', () => {
  it('is gone when its target left service discovery, and says so', async () => {
    const watch = trained();
    const source = targets({ a: { until: learned + 1 }, b: {}, c: {} });
    await live(watch, source, steps(['b', 'c']));
    expect(standingOf(watch, { instance: 'a' })).toEqual({
      state: 'gone',
      reason: 'its target left service discovery; 2 others are still scraped in job web',
    });
    expect(classOverview(watch).counts).toEqual({ watching: 2, gone: 1 });
  });

  it('is absent when its exporter does not answer', async () => {
    const watch = trained();
    const told = await live(watch, targets({ a: { down: learned + 2 }, b: {}, c: {} }), steps(['b', 'c']));
    expect(told?.p).toBeLessThan(0.001);
    expect(told?.reason).toMatch(/no signal has had a sample for \d+ steps/);
  });

  it('is absent when its exporter does not answer, though that is asked more rarely than the others', async () => {
    const told = await live(trained({ interval: 20 * step }), rareTargets(), steps(['b', 'c']));
    expect(told?.p).toBeLessThan(0.001);
    const unaware = trained();
    await live(unaware, rareTargets(), steps(['b', 'c']));
    expect(standingOf(unaware, { instance: 'a' })?.state).toBe('gone');
  });

  it('is absent when nobody can be asked', async () => {
    const broken: SeriesSource = { queryRange: () => Promise.reject(new Error('away')) };
    expect((await live(trained(), broken, steps(['b', 'c'])))?.p).toBeLessThan(0.001);
  });

  it('is watched again when it comes back', async () => {
    const watch = trained();
    const source = targets({ a: { until: learned + 1 }, b: {}, c: {} });
    await live(watch, source, steps(['b', 'c']));
    const back = Array.from({ length: 5 }, (_, i) => batch(learned + 10 + i, ['a', 'b', 'c']));
    await live(watch, targets({ a: {}, b: {}, c: {} }), back);
    expect(standingOf(watch, { instance: 'a' })?.state).toBe('watching');
  });

  it('is gone when a rollout of things that are no targets took its place', async () => {
    const watch = trained();
    const more = [...entities, { instance: 'd' }];
    const batches = Array.from({ length: 10 }, (_, i) =>
      i < 2
        ? batch(learned + i, ['a', 'b', 'c'])
        : batch(learned + i, i < 4 ? ['a', 'b', 'c', 'd'] : ['b', 'c', 'd'], more),
    );
    await live(watch, targets({}), batches);
    expect(standingOf(watch, { instance: 'a' })).toEqual({
      state: 'gone',
      reason: 'replaced by a rollout: 1 like it came as 1 went',
    });
  });
});

describe('a class without any sample', () => {
  it('is absent when its targets are down', async () => {
    const down = { down: learned + 2 };
    const told = await live(trained(), targets({ a: down, b: down, c: down }), steps([]));
    expect(told?.p).toBeLessThan(0.001);
  });

  it('is not judged when nobody is scraped: the source has a hole', async () => {
    const left = { until: learned + 1 };
    expect(await live(trained(), targets({ a: left, b: left, c: left }), steps([]))).toBeUndefined();
  });
});
