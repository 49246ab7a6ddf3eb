import type { SeriesSource } from '../core/series.ts';
import type { TopologyBatch, TopologyEdge } from '../core/topology.ts';

/** A pack's query whose result names both ends of an edge in two labels. */
export interface TopologyQuery {
  readonly from: string;
  readonly to: string;
  readonly via: string;
}

/**
 * Asks a source who calls whom at `t` (ms). A series counts as an edge when both labels are there and its value is
 * above 0. A query that fails brings no edges: the graph that was known before stays.
 */
export async function readTopology(
  source: SeriesSource,
  queries: readonly TopologyQuery[],
  at: { readonly t: number; readonly step: number },
): Promise<TopologyBatch> {
  const edges: TopologyEdge[] = [];
  const range = { start: at.t, end: at.t, step: at.step };
  const answers = await Promise.allSettled(
    queries.map(({ via }) => source.queryRange({ query: via, ...range })),
  );
  for (const [k, answer] of answers.entries()) {
    if (answer.status === 'rejected') continue;
    for (const { labels, v } of answer.value.series) {
      const from = labels[queries[k]!.from];
      const to = labels[queries[k]!.to];
      if (from !== undefined && to !== undefined && (v.at(-1) ?? 0) > 0) edges.push({ from, to });
    }
  }
  return { t: at.t, source: 'packs', edges, confidence: 1 };
}
