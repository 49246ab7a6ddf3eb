import { expect, it } from 'vitest';
import { lastJudgement } from '../../cli/class-readings.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { unusualNow } from '../../cli/unusual.ts';
import type { Batch } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';

const signals = [
  signalSchema.parse({ name: 'latency', kind: 'latency', query: 'q', unit: 's', bad: 'high' }),
];

/** A class of `rows` entities that has learned normal life, and is then shown what `change` makes of it. */
function shown(name: string, rows: number, change: (v: number, row: number) => number): ClassWatch {
  const random = createRandom(7);
  const spec = { name, step: 60_000, signals };
  const entities = Array.from({ length: rows }, (_, i) => ({ service: `${name}${i}` }));
  const batch = (i: number, values: number[]): Batch => ({
    class: spec,
    t: i * spec.step,
    entities,
    values: Float64Array.from(values),
    partial: false,
  });
  const quiet = () => entities.map(() => 0.05 + 0.01 * random());
  const watch = new ClassWatch(
    { class: spec, entityLabels: ['service'], absent: 'missing', queries: ['q'] },
    { fpr: 0.01, seed: 1, detectors: ['robust-z'] },
  );
  watch.fit({ batches: Array.from({ length: 400 }, (_, i) => batch(i, quiet())), entities, failures: [] });
  watch.pass(batch(400, quiet().map(change)));
  return watch;
}

it('ranks what is unusual over all classes, the surest first, and leaves out what is not', () => {
  const few = shown('few', 2, (v, row) => (row === 0 ? 4 : v));
  const many = shown('many', 15, (v, row) => (row < 12 ? 0.2 + 0.1 * row : v));
  const { total, rows } = unusualNow([few, many]);
  expect(total).toBe(13);
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatchObject({
    class: 'few',
    entity: 'few0',
    reason: expect.stringContaining('latency 4 s'),
  });
  expect(rows.map(({ q }) => q)).toEqual(rows.map(({ q }) => q).sort((a, b) => a - b));
  const pOf = (entity: string) =>
    [few, many].map(watch => lastJudgement(watch, { service: entity })?.p).find(p => p !== undefined) ?? 1;
  expect(rows.map(({ entity }) => pOf(entity))).toEqual(
    rows.map(({ entity }) => pOf(entity)).sort((a, b) => a - b),
  );
  for (const { entity, q } of rows) expect(q).toBeGreaterThan(pOf(entity));
});

it('has nothing to show of a class that is not fitted', () => {
  const watch = new ClassWatch(
    { class: { name: 'c', step: 1, signals }, entityLabels: [], absent: 'missing', queries: ['q'] },
    { fpr: 0.01, seed: 1 },
  );
  expect(unusualNow([watch])).toEqual({ total: 0, rows: [] });
});
