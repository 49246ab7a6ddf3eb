import { describe, expect, it } from 'vitest';
import { Levels, runLevels } from '../../core/levels.ts';

const minute = 60_000;
const of = (value: number, n: number) => Float64Array.from({ length: n }, () => value);

describe('running levels', () => {
  it('follow a change at their own pace: within the hour, the half day, in days', () => {
    const { short, long, day } = runLevels({ columns: [of(1, 60)], step: minute });
    expect(short[0]).toBeCloseTo(0.95, 2);
    expect(long[0]).toBeCloseTo(0.22, 2);
    expect(day[0]).toBeCloseTo(0.04, 2);
  });

  it('are the same at another step', () => {
    const coarse = runLevels({ columns: [of(1, 60)], step: minute });
    const fine = runLevels({ columns: [of(1, 240)], step: minute / 4 });
    for (const span of ['short', 'long', 'day'] as const)
      expect(fine[span][0]).toBeCloseTo(coarse[span][0]!, 5);
  });

  it('take at least four steps for the shortest', () => {
    const { short } = runLevels({ columns: [of(1, 1)], step: 60 * minute });
    expect(short[0]).toBeCloseTo(1 - Math.exp(-1 / 4), 5);
  });

  it('stand still while a value is missing, and are not carried away by one far out', () => {
    const { short } = runLevels({ columns: [Float64Array.from([1, Number.NaN, Number.NaN])], step: minute });
    expect(short[0]).toBeCloseTo(1 - Math.exp(-1 / 20), 5);
    const spike = runLevels({ columns: [Float64Array.from([1e300])], step: minute });
    expect(spike.day[0]).toBeLessThan(0.01);
    expect(Number.isFinite(spike.short[0])).toBe(true);
  });

  it('stay with their row when the membership changes', () => {
    const levels = new Levels(4);
    levels.push(Float64Array.from([1, 2, 3, 4]), minute);
    const next = levels.remap(Int32Array.from([1, -1]), 2);
    expect([...next.long]).toEqual([levels.long[2], levels.long[3], 0, 0]);
  });
});
