import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPageThresholds, type Excursions } from '../../alerts/page-threshold.ts';
import { createRandom } from '../../core/random.ts';

const day = 86_400_000;
const budget = { count: 2, per: 'service', every: 7 * day };
const cart = { service: 'cart' };

/** Peaks of an exponential with the given mean, `perDay` an entity. */
function excursions(mean: number, perDay: number, days: number, seed = 1): Excursions {
  const random = createRandom(seed);
  const peaks = Array.from({ length: perDay * days }, () => -mean * Math.log(1 - random()));
  return { peaks, watched: days * day };
}

function thresholds(known: Excursions) {
  const made = createPageThresholds(budget);
  made.fit('node/node', known);
  made.watch('node/node', [cart]);
  return made;
}

describe('the evidence that pages', () => {
  it('keeps the budget on life that goes on as before', () => {
    const h = thresholds(excursions(1.5, 40, 30)).of('node/node', cart);
    const { peaks } = excursions(1.5, 40, 7 * 50, 2);
    const perWeek = peaks.filter(peak => peak >= h).length / 50;
    expect(perWeek).toBeLessThanOrEqual(2.5);
    expect(perWeek).toBeGreaterThan(0.2);
  });

  it('is more for a restless class, for a smaller budget and for more entities of one service', () => {
    const calm = thresholds(excursions(1, 10, 7)).of('node/node', cart);
    expect(thresholds(excursions(3, 10, 7)).of('node/node', cart)).toBeGreaterThan(calm);
    expect(thresholds(excursions(1, 100, 7)).of('node/node', cart)).toBeGreaterThan(calm);
    const many = thresholds(excursions(1, 10, 7));
    many.watch(
      'service/instance',
      Array.from({ length: 20 }, (_, i) => ({ ...cart, instance: `${i}` })),
    );
    expect(many.of('node/node', cart)).toBeGreaterThan(calm);
    expect(many.of('node/node', { service: 'other' })).toBe(calm);
  });

  it('rises by each incident of the service that people rejected, until they are out of its time', () => {
    const known = excursions(1, 40, 7);
    const made = thresholds(known);
    const calm = made.of('node/node', cart);
    made.spend(new Map([['cart', 1]]));
    const once = made.of('node/node', cart);
    made.spend(new Map([['cart', 3]]));
    expect(once).toBeGreaterThan(calm);
    expect(made.of('node/node', cart)).toBeGreaterThan(once);
    expect(made.of('node/node', cart)).toBeLessThan(2 * calm);
    expect(made.unspent('node/node', cart)).toBe(calm);
    expect(made.of('node/node', { service: 'other' })).toBe(calm);
    made.spend(new Map());
    expect(made.of('node/node', cart)).toBe(calm);
  });

  it('grows little by a few incidents that lie in the history', () => {
    const calm = excursions(1, 30, 7);
    const before = thresholds(calm).of('node/node', cart);
    const after = thresholds({ ...calm, peaks: [...calm.peaks, 900, 800, 700] }).of('node/node', cart);
    expect(after / before).toBeLessThan(1.4);
  });

  it('is finite and above a few steps whatever the history', () => {
    const peak = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(peak, { maxLength: 400 }), fc.integer({ min: 0, max: 1e12 }), (peaks, watched) => {
        const h = thresholds({ peaks, watched }).of('node/node', cart);
        expect(h).toBeGreaterThanOrEqual(4);
        expect(Number.isFinite(h)).toBe(true);
      }),
    );
  });

  it('is unreachable for a budget of none, and a stated one for a class without held-out life', () => {
    const none = createPageThresholds({ ...budget, count: 0 });
    none.fit('node/node', excursions(1, 10, 7));
    expect(none.of('node/node', cart)).toBe(Number.POSITIVE_INFINITY);
    expect(createPageThresholds(budget).of('node/node', cart)).toBe(12);
  });

  it('is learned on from excursions of live passes, and goes on from its bytes', () => {
    const made = thresholds(excursions(1, 10, 7));
    const before = made.of('node/node', cart);
    for (let i = 0; i < 100; i++) made.add('node/node', 6);
    expect(made.of('node/node', cart)).toBeGreaterThan(before);
    const again = createPageThresholds(budget, made.toBytes());
    again.watch('node/node', [cart]);
    expect(again.of('node/node', cart)).toBe(made.of('node/node', cart));
  });
});
