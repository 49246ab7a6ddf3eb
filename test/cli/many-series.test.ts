import { describe, expect, it } from 'vitest';
import { readResource } from '../../cli/capacity-reads.ts';
import { AlertMemory } from '../../cli/odds-history.ts';
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
