import { describe, expect, it } from 'vitest';
import { classOverview, standingOf } from '../../cli/class-readings.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { createModelBook } from '../../cli/model-book.ts';
import type { Batch } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { openStore } from '../../store/sqlite.ts';
import { normalLife } from './virtual-past.ts';

const step = 15_000;
const minute = 60_000;
const spec = (floor = 0) => ({
  name: 'web/service',
  step,
  signals: [signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x', floor })],
});
const entities = [{ service: 'a' }, { service: 'b' }];
const makeWatch = (floor = 0) =>
  new ClassWatch(
    { class: spec(floor), entityLabels: ['service'], absent: 'missing', queries: ['x'] },
    { fpr: 0.01, seed: 1 },
  );
const batch = (i: number, change = 0): Batch => ({
  class: spec(),
  t: i * step,
  entities,
  values: Float64Array.from(entities, ({ service }) => normalLife(service, i * step) + change),
  partial: false,
});
const now = 500 * step;

/** A class that has learned 400 steps and passed 100 more. */
function learned(): ClassWatch {
  const watch = makeWatch();
  watch.fit({ batches: Array.from({ length: 400 }, (_, i) => batch(i)), entities, failures: [] });
  for (let i = 400; i <= 500; i++) watch.pass(batch(i));
  return watch;
}

function makeBook() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const { models } = openStore(':memory:');
  return { models, said, book: createModelBook(models, { info: say, warn: say, error: say }) };
}

describe('a restart', () => {
  it('watches at its first pass, judges as before, and reports all rows so that recoveries are seen', () => {
    const { book, models, said } = makeBook();
    const before = learned();
    book.record(before, 'first fit', now);
    const after = makeWatch();
    expect(
      createModelBook(models, {
        info: text => said.push(text),
        warn: text => said.push(text),
        error: text => said.push(text),
      }).restore(after, now + minute),
    ).toBe(true);
    expect(said[0]).toMatch(/watches on with model 1 of 2 entities, 1m old/);
    expect(after.wantedFrom).toBeLessThanOrEqual(now);
    for (let t = after.wantedFrom; t <= now; t += step) expect(after.pass(batch(t / step))).toEqual([]);
    expect(after.pass(batch(501)).map(each => each.entity)).toEqual(entities);
    before.pass(batch(501));
    const next = batch(502, 30);
    expect(after.pass(next)[0]?.p).toBe(before.pass(next)[0]?.p);
  });

  it.each([
    ['of other signals', (watch: ClassWatch) => ({ watch, at: now }), 5, /other signals or options/],
    [
      'that is two days old',
      (watch: ClassWatch) => ({ watch, at: now + 3 * 86_400_000 }),
      0,
      /learned last 3d/,
    ],
  ])('does not use a model %s', (_, how, floor, reason) => {
    const { book, said } = makeBook();
    const { watch, at } = how(learned());
    book.record(watch, 'first fit', now);
    expect(book.restore(makeWatch(floor), at)).toBe(false);
    expect(said.at(-1)).toMatch(reason);
  });

  it('does not use damaged bytes, and says so', () => {
    const { book, models, said } = makeBook();
    book.record(learned(), 'first fit', now);
    const bytes = models.bytes('web/service', 1)!;
    bytes[bytes.length - 3]! ^= 1;
    models.replace({ class: 'web/service', version: 1, t: now, entities: 2 }, bytes);
    const watch = makeWatch();
    expect(book.restore(watch, now + minute)).toBe(false);
    expect(watch.fitted).toBe(false);
    expect(said.at(-1)).toMatch(/model 1 cannot be used \(.*damaged\): it is fitted anew/);
  });
});

describe('while it runs', () => {
  it('writes what was learned every ten minutes, and at the end', () => {
    const { book, models } = makeBook();
    const watch = learned();
    book.record(watch, 'first fit', now);
    const t = () => models.versions('web/service').at(-1)?.t;
    watch.pass(batch(501));
    book.checkpoint([watch], now + 9 * minute);
    expect(t()).toBe(500 * step);
    book.checkpoint([watch], now + 10 * minute);
    expect(t()).toBe(501 * step);
    watch.pass(batch(502));
    book.close([watch]);
    expect(t()).toBe(502 * step);
    expect(models.versions()).toHaveLength(1);
  });

  it('goes on with a version that a person took back', () => {
    const { book, models, said } = makeBook();
    const watch = learned();
    book.record(watch, 'first fit', now);
    book.record(watch, 'refresh', now);
    const first = models.versions('web/service')[0]!;
    models.add({ ...first, why: 'rollback' }, models.bytes('web/service', 1)!);
    book.checkpoint([watch], now + 10 * minute);
    expect(said.at(-1)).toMatch(/goes on with model 3 \(rollback\)/);
    watch.pass(batch(501));
    book.close([watch]);
    expect(models.versions('web/service').map(each => each.t / step)).toEqual([500, 500, 501]);
  });
});

describe('a refresh', () => {
  it('goes on with the scales and episodes of the rows that are known', () => {
    const used = learned();
    for (let i = 501; i <= 505; i++) used.pass(batch(i, 40));
    const fresh = makeWatch();
    fresh.fit({ batches: Array.from({ length: 450 }, (_, i) => batch(i)), entities, failures: [] });
    used.renew(fresh.snapshot()!);
    expect(used.t).toBe(505 * step);
    for (let t = used.wantedFrom; t <= 505 * step; t += step) used.pass(batch(t / step, 40));
    const [anomaly] = used.pass(batch(506, 40));
    expect(anomaly?.state).toBe('watching');
    expect(anomaly?.p).toBeLessThan(0.01);
    expect(used.snapshot()?.rows).toBe(450);
  });

  it('keeps an entity that came after the history of the new model was read', () => {
    const used = learned();
    const more = [...entities, { service: 'c' }];
    const wide = (i: number): Batch => ({
      ...batch(i),
      entities: more,
      values: Float64Array.from(more, ({ service }) => normalLife(service, i * step)),
    });
    for (let i = 501; i <= 650; i++) used.pass(wide(i));
    const fresh = makeWatch();
    fresh.fit({ batches: Array.from({ length: 450 }, (_, i) => batch(i)), entities, failures: [] });
    used.renew(fresh.snapshot()!);
    used.pass(wide(651));
    expect(standingOf(used, { service: 'c' })?.state).toBe('watching');
    expect(classOverview(used).counts).toEqual({ watching: 3 });
  });
});
