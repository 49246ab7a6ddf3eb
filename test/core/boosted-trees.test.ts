import { describe, expect, it } from 'vitest';
import { boostedChance, boostedOdds, fitBoosted } from '../../core/boosted-trees.ts';
import { createRandom } from '../../core/random.ts';

const n = 4000;
const random = createRandom(3);
const a = Float64Array.from({ length: n }, () => random());
const b = Float64Array.from({ length: n }, () => random());
/** True odds: .9 where just one of a and b is above one half, else .1. */
const chance = (x: number, y: number) => (x > 0.5 !== y > 0.5 ? 0.9 : 0.1);
const y = Float64Array.from(a, (x, i) => (random() < chance(x, b[i]!) ? 1 : 0));
const rows = { columns: [a, b], y, weight: new Float64Array(n).fill(1) };
const all = { columns: 1 };

describe('boosted trees', () => {
  it('learn what two columns say only together', () => {
    const model = fitBoosted(rows, all);
    for (const [x, z] of [
      [0.2, 0.2],
      [0.2, 0.8],
      [0.8, 0.2],
      [0.8, 0.8],
    ] as const)
      expect(Math.abs(boostedChance(model, [x, z]) - chance(x, z))).toBeLessThan(0.06);
  });

  it('tell what each column moved the odds by: base and shares add up to the odds beyond the trees without a split', () => {
    const model = fitBoosted(rows, all);
    const shares = new Float64Array(2);
    const odds = boostedOdds(model, [0.2, 0.8], shares);
    const roots = model.trees.reduce((sum, { value }) => sum + value[0]!, 0);
    expect(model.base + roots + shares[0]! + shares[1]!).toBeCloseTo(odds, 9);
  });

  it('are the same under one seed', () => {
    expect(fitBoosted(rows, { seed: 5 })).toEqual(fitBoosted(rows, { seed: 5 }));
  });

  it('stay at the share of all where there is nothing to learn', () => {
    const flat = { ...rows, columns: [new Float64Array(n), new Float64Array(n).fill(Number.NaN)] };
    const share = y.reduce((sum, one) => sum + one, 0) / n;
    expect(boostedChance(fitBoosted(flat), [0, Number.NaN])).toBeCloseTo(share, 6);
  });

  it('count a row by its weight', () => {
    const weight = Float64Array.from(y, one => (one === 1 ? 0 : 1));
    expect(boostedChance(fitBoosted({ ...rows, weight }, all), [0.2, 0.8])).toBeLessThan(0.05);
  });
});
