import { describe, expect, it } from 'vitest';
import { diskKinds, simulatedDisk } from '../../bench/simulated-disks.ts';
import { simulatedSeries } from '../../bench/simulated-series.ts';

describe.each(diskKinds)('a simulated disk, %s', kind => {
  const disks = Array.from({ length: 20 }, (_, k) => simulatedDisk(kind, k + 1));

  it('passes its limit first in the step that ends after it is full', () => {
    for (const { used, known, limit, full } of disks.filter(disk => !Number.isNaN(disk.full))) {
      const day = known + Math.ceil(full) - 1;
      expect(used[day]!).toBeGreaterThanOrEqual(limit);
      expect(Math.max(...used.subarray(0, day))).toBeLessThan(limit);
    }
  });

  it('is mostly not full before', () => {
    expect(disks.filter(({ full }) => full > 0).length).toBeGreaterThan(15);
  });
});

describe('a simulated series', () => {
  it('is the same for the same seed, and another one for the next', () => {
    expect(simulatedSeries(7, 50)).toEqual(simulatedSeries(7, 50));
    expect(simulatedSeries(8, 50)).not.toEqual(simulatedSeries(7, 50));
  });

  it('is finite and not negative', () => {
    for (let seed = 1; seed <= 200; seed++)
      expect(simulatedSeries(seed, 100).every(value => Number.isFinite(value) && value >= 0)).toBe(true);
  });
});
