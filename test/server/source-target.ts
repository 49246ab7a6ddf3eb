import type { Series, SeriesSource } from '../../core/series.ts';
import type { Grid } from '../../promql/evaluate/value.ts';
import type { QueryTarget } from '../../server/query-target.ts';

function element({ labels, t, v }: Series, { start, step, count }: Grid) {
  const out = { labels, v: new Float64Array(count), on: new Uint8Array(count) };
  for (const [k, time] of t.entries()) {
    const i = step === 0 ? 0 : Math.round((time - start) / step);
    out.v[i] = v[k]!;
    out.on[i] = 1;
  }
  return out;
}

/** The query API over a source that answers ranges: a Prometheus made of whatever a test has. */
export function sourceTarget(source: SeriesSource, now: number): QueryTarget {
  return {
    now: () => now,
    metadata: () => ({}),
    series: async () => [],
    async answer({ query, start, end, step, signal }) {
      const asked = { query, start, end, step: step ?? 1000 };
      const set = await source.queryRange(signal === undefined ? asked : { ...asked, signal });
      const count = step === undefined ? 1 : Math.floor((end - start) / step) + 1;
      const grid = { start, step: step ?? 0, count };
      const elements = set.series.map(series => element(series, grid));
      if (step === undefined)
        return { answer: { type: 'vector', t: start, elements }, warnings: set.warnings };
      return { answer: { type: 'range', grid, elements }, warnings: set.warnings };
    },
  };
}
