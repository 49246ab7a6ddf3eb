import { describe, expect, it } from 'vitest';
import { windowAt } from '../../correlators/onset-window.ts';
import { changeOf, usualLife } from '../../correlators/signal-change.ts';

const minute = 60_000;
const onset = 60 * minute;

/** One value a minute from 0 on: an hour of usual life around 10, then the news. */
function changed(news: readonly number[], options: { usual?: (row: number) => number; floor?: number } = {}) {
  const { usual = row => 10 + (row % 5) / 5, floor = 0 } = options;
  const v = Float64Array.from([...Array.from({ length: 61 }, (_, row) => usual(row)), ...news]);
  const t = Float64Array.from(v, (_, row) => row * minute);
  const window = windowAt(t, onset)!;
  const life = usualLife({ t, v }, window, floor)!;
  const both = (['up', 'down'] as const).map(direction =>
    changeOf({ t, v }, window, { usual: life, direction }),
  );
  return both.find(change => change !== undefined);
}

describe('a change of a signal', () => {
  it('has a direction, the usual value, the new one and the minute in which it began', () => {
    expect(changed([20, 20, 20, 20])).toMatchObject({
      direction: 'up',
      usual: 10.4,
      now: 20,
      times: 0,
      since: 61 * minute,
    });
    expect(changed([2, 2, 2, 2])).toMatchObject({ direction: 'down', now: 2 });
  });

  it('is none when one row alone stands out', () => {
    expect(changed([10, 500, 10, 10])).toBeUndefined();
  });

  it('counts less when only one row of the news has a value', () => {
    const once = changed([20, Number.NaN, Number.NaN, Number.NaN], {
      usual: row => (row < 59 ? 10 + (row % 5) / 5 : Number.NaN),
    });
    expect(once!.strength).toBeCloseTo(changed([20, 20, 20, 20])!.strength / 2, 1);
  });

  it('is measured against a spread that earlier incidents do not widen', () => {
    const calm = changed([20, 20, 20, 20])!;
    const after = changed([20, 20, 20, 20], {
      usual: row => (row >= 20 && row < 36 ? 30 : 10 + (row % 5) / 5),
    })!;
    expect(after.spreads).toBeGreaterThan(0.5 * calm.spreads);
    expect(after.times).toBe(1);
  });

  it('counts less the more often the value was reached before', () => {
    const restless = changed([20, 20, 20, 20], { usual: row => (row % 4 === 0 ? 20 : 10 + (row % 5) / 5) });
    expect(restless?.strength ?? 0).toBeLessThan(0.5 * changed([20, 20, 20, 20])!.strength);
  });

  it('counts less when it stood long before the onset', () => {
    const early = changed([20, 20, 20, 20], { usual: row => (row >= 56 ? 20 : 10 + (row % 5) / 5) });
    expect(early?.strength ?? 0).toBeLessThan(0.5 * changed([20, 20, 20, 20])!.strength);
  });

  it('of a constant is no change, and a small one is none against 5 % of its level', () => {
    expect(changed([7, 7, 7, 7], { usual: () => 7 })).toBeUndefined();
    expect(changed([7.1, 7.1, 7.1, 7.1], { usual: () => 7 })).toBeUndefined();
  });

  it('from nothing to something is finite', () => {
    const first = changed([3, 3, 3, 3], { usual: () => 0 })!;
    expect(Number.isFinite(first.spreads)).toBe(true);
    expect(first.strength).toBeGreaterThan(1);
  });

  it('within the floor is none', () => {
    expect(changed([0.003, 0.003, 0.003, 0.003], { usual: () => 0, floor: 0.005 })).toBeUndefined();
  });
});

describe('the rows around an onset', () => {
  const rows = (n: number) => Float64Array.from({ length: n }, (_, row) => row * minute);

  it('leave the last usual row out, and take the row in whose interval the onset lies as news', () => {
    expect(windowAt(rows(70), onset + 1000)).toMatchObject({ step: minute, before: 59, after: 60, end: 70 });
  });

  it('end ten rows after the onset', () => {
    expect(windowAt(rows(500), onset)!.end).toBe(71);
  });

  it('need two rows before and one after', () => {
    expect(windowAt(rows(1), 0)).toBeUndefined();
    expect(windowAt(rows(0), 0)).toBeUndefined();
    expect(windowAt(rows(10), -minute)).toBeUndefined();
    expect(windowAt(rows(10), 100 * minute)).toBeUndefined();
    expect(windowAt(rows(5), 2.5 * minute)).toMatchObject({ before: 2, after: 2 });
  });
});
