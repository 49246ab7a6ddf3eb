import { describe, expect, it } from 'vitest';
import { capacitySeries, lookbackOf } from '../../cli/capacity-series.ts';
import { createResultTarget } from '../../cli/results.ts';
import { openStore } from '../../store/sqlite.ts';
import { day, filling, open, today } from './capacity-disks.ts';
import { DailySource } from './capacity-source.ts';

describe('what the query API says of capacity', () => {
  const now = today * day + 3_600_000;

  async function asked(query: string, range: { readonly start: number; readonly end: number }) {
    const { desk, goTo } = open(new DailySource([filling('a', 5)]), openStore(':memory:'));
    await goTo(today);
    const ours = capacitySeries(() => desk.forecasts());
    const target = createResultTarget(ours, { lookback: lookbackOf, now: () => now });
    return (await target.source.queryRange({ query, ...range, step: 6 * 3_600_000 })).series;
  }

  it('has forecasts in the future, by quantile, without a gap from day to day', async () => {
    const range = { start: (today + 1) * day, end: (today + 10) * day };
    const series = await asked('foreshock_capacity_forecast{instance="a"}', range);
    expect(series.map(({ labels }) => labels.quantile).sort()).toEqual([
      '0.025',
      '0.1',
      '0.5',
      '0.9',
      '0.975',
    ]);
    for (const { v } of series) expect(v.length).toBe(37);
  });

  it('tells the days until it is full, and how far they are apart', async () => {
    const series = await asked('foreshock_capacity_days_until_full', { start: now, end: now });
    const days = new Map(series.map(({ labels, v }) => [labels.bound, v[0]!]));
    expect(days.get('median')!).toBeGreaterThan(2);
    expect(days.get('earliest')!).toBeLessThanOrEqual(days.get('median')!);
    expect(days.get('latest')!).toBeGreaterThanOrEqual(days.get('median')!);
  });

  it('can be put into proportion: the share of the limit that is used', async () => {
    const query = 'foreshock_capacity_used / foreshock_capacity_limit';
    const [share] = await asked(query, { start: now, end: now });
    expect(share!.v[0]!).toBeGreaterThan(0.9);
  });
});
