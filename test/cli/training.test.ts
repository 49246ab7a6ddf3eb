import { expect, it } from 'vitest';
import { classOverview } from '../../cli/class-readings.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { train } from '../../cli/training.ts';
import { signalSchema } from '../../core/pack.ts';
import { createPast, type Life } from './virtual-past.ts';

const day = 86_400_000;
const step = 60_000;
const until = 40 * day;
const signal = signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x' });
const makeWatch = () =>
  new ClassWatch(
    {
      class: { name: 'web/service', step, signals: [signal] },
      entityLabels: ['service'],
      absent: 'missing',
      queries: ['sum by (service) (rate(x[1m]))'],
    },
    { fpr: 0.01, seed: 1 },
  );
/** Rehearses nothing: only counts what it would have lived through. */
function makePages() {
  const lived: number[] = [];
  return {
    lived,
    pages: {
      begin: (watch: ClassWatch) => ({
        pass: (batch: Parameters<ClassWatch['pass']>[0]) => {
          watch.pass(batch);
          lived.push(batch.t);
        },
        end: () => undefined,
      }),
      of: () => undefined,
    },
  };
}
const always = (service: string): Life => ({ service, from: 0, until });

it('reads 30 days in pieces at 5 minutes, then the last three days at the step of the class', async () => {
  const source = createPast([always('a'), always('b')]);
  const watch = makeWatch();
  const { pages, lived } = makePages();
  const told: number[] = [];
  const range = {
    window: 30 * day,
    until,
    pages,
    samples: 2000,
    progress: (share: number) => told.push(share),
  };
  await train(watch, source, range);
  expect(classOverview(watch).counts).toEqual({ watching: 2 });
  const coarse = source.asked.filter(each => each.step === 300_000);
  expect(Math.min(...coarse.map(each => each.start))).toBeLessThanOrEqual(until - 30 * day);
  expect(lived).toEqual(Array.from({ length: 3 * 1440 + 1 }, (_, i) => until - 3 * day + i * step));
  const own = source.asked.filter(each => each.start > until - 3 * day && each.step === step);
  for (const { start, end } of own) expect(((end - start) / step + 1) * 2).toBeLessThanOrEqual(2000);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
});

it('fits a large class on some of its entities, and watches them all', async () => {
  const services = Array.from({ length: 30 }, (_, i) => `service-${i}`);
  const watch = makeWatch();
  const { pages, lived } = makePages();
  // 8640 steps of 30 entities are 259,200 values: more than may be held.
  await train(watch, createPast(services.map(always)), { window: 30 * day, until, pages, cells: 50_000 });
  expect(classOverview(watch).counts).toEqual({ watching: 30 });
  const hours = new Set(lived.map(t => Math.floor(t / 3_600_000)));
  expect(hours.size).toBe(73);
  expect(lived.length).toBeGreaterThan(1000);
  expect(lived.length).toBeLessThan(2000);
});

it('does not watch what left more than a day ago', async () => {
  const watch = makeWatch();
  const { pages } = makePages();
  const past = createPast([always('a'), { service: 'b', from: 0, until: until - 2 * day }]);
  await train(watch, past, { window: 10 * day, until, pages });
  expect(watch.entities).toEqual([{ service: 'a' }]);
});

it('reads a young history at the step of the class', async () => {
  const source = createPast([{ service: 'a', from: until - day / 12, until }]);
  const watch = makeWatch();
  const { pages, lived } = makePages();
  await train(watch, source, { window: 30 * day, until, pages });
  expect(classOverview(watch).counts).toEqual({ watching: 1 });
  expect(watch.snapshot()?.rows).toBeGreaterThanOrEqual(120);
  expect(watch.snapshot()?.rows).toBeLessThanOrEqual(126);
  expect(lived).toEqual([]);
});

it('leaves a class without a history as it is', async () => {
  const watch = makeWatch();
  await train(watch, createPast([]), { window: 30 * day, until, pages: makePages().pages });
  expect(watch.fitted).toBe(false);
});
