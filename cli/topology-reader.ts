import type { ResolvedPack } from '../config/resolve.ts';
import type { SeriesSource } from '../core/series.ts';
import type { TopologyBatch, TopologyEdge } from '../core/topology.ts';
import type { NamedSource } from './sources.ts';

/** A pack's query whose result names both ends of an edge in two labels. */
interface TopologyQuery {
  readonly from: string;
  readonly to: string;
  readonly via: string;
}

/** When it is asked, ms. */
export interface TopologyMoment {
  readonly t: number;
  readonly step: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks a source who calls whom at `t` (ms). A series counts as an edge when both labels are there and its value is
 * above 0. A query that fails brings no edges: the graph that was known before stays.
 */
async function readEdges(
  source: SeriesSource,
  queries: readonly TopologyQuery[],
  { t, step, signal }: TopologyMoment,
): Promise<readonly TopologyEdge[]> {
  const edges: TopologyEdge[] = [];
  const range = { start: t, end: t, step, ...(signal ? { signal } : {}) };
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
  return edges;
}

/** Who calls whom by the queries of the packs that a source is asked for; the batch is named for the source. */
export async function readTopology(
  { name, source }: NamedSource,
  packs: readonly ResolvedPack[],
  at: TopologyMoment,
): Promise<TopologyBatch> {
  const asked = packs.filter(({ sources }) => sources.length === 0 || name === '' || sources.includes(name));
  const queries = asked.flatMap(pack => pack.topology);
  return { t: at.t, source: name, edges: await readEdges(source, queries, at), confidence: 1 };
}
