import { describe, expect, it } from 'vitest';
import { readResource } from '../../cli/capacity-reads.ts';
import { AlertMemory } from '../../cli/odds-history.ts';
import { createResultTarget } from '../../cli/results.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { resultSeries } from '../../cli/stored-series.ts';
import type { SeriesSource } from '../../core/series.ts';

const day = 86_400_000;
const count = 200_000;
const { signal } = new AbortController();

/** Answers each query with one sample of two hundred thousand series. */
const source: SeriesSource = {
  async queryRange({ query, end }) {
    const series = Array.from({ length: query.startsWith('count') ? 1 : count }, (_, k) => ({
      labels: { instance: `n${k}` },
      t: Float64Array.of(end),
      v: Float64Array.of(1),
    }));
    return { series, warnings: [], partial: false };
  },
};

describe('an answer of two hundred thousand series', () => {
  it('is read as the past of alerts', async () => {
    const { spells } = await new AlertMemory(source).read({ from: 0, until: day, signal });
    expect(spells).toHaveLength(0);
  });

  it('is read as the days of a resource', async () => {
    const resource = {
      ...({ pack: 'node', resource: 'disk', unit: 'bytes', daily: 'max', about: '', action: '' } as const),
      ...{ used: 'used', limit: 'size', regressors: [], labels: {} },
      source: { name: 'here', source },
    };
    const { entities } = await readResource(resource, { start: day, end: day, signal });
    expect(entities).toHaveLength(count);
  });
});

describe('the query API over two hundred thousand', () => {
  const now = day;
  const options = { lookback: () => 300_000, now: () => now };
  const answered = async (ours: Parameters<typeof createResultTarget>[0], query: string) => {
    const { series, warnings } = await createResultTarget(ours, options).source.queryRange({
      ...{ query, start: now, end: now, step: 1000 },
    });
    return { series, warnings };
  };

  it('series picks and ranks them', async () => {
    const all = Array.from({ length: count }, (_, k) => ({
      labels: { __name__: 'foreshock_expected', instance: `n${k}` },
      t: Float64Array.of(now),
      v: Float64Array.of(k),
    }));
    const { series } = await answered(
      { select: () => all },
      `count(bottomk(${count}, foreshock_expected)) + count(topk(1, foreshock_expected))`,
    );
    expect(series[0]?.v).toEqual(Float64Array.of(count + 1));
  });

  it('samples of one series finds them behind those that are not written yet', async () => {
    const key = seriesKey({ __name__: 'foreshock_anomaly_score', service: 'a' });
    const stored = Float64Array.from({ length: count }, (_, i) => now - (count - i) * 400);
    const ours = resultSeries(
      { names: () => [key], read: () => ({ t: stored, v: new Float64Array(count).fill(1) }) },
      { keys: () => [key], recent: () => ({ t: [now], v: [1] }) },
    );
    const { series, warnings } = await answered(ours, 'sum_over_time(foreshock_anomaly_score[1d])');
    expect(warnings).toEqual([]);
    expect(series[0]?.v).toEqual(Float64Array.of(count + 1));
  });
});
