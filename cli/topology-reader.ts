import { type SeriesSource, SourceError } from '../core/series.ts';
import type { SeenEdge, TopologyMoment, TopologyNode, TopologySource } from '../core/topology.ts';
import type { TopologyQuery, TopologyQuestions } from './topology-queries.ts';

/** What was seen long ago is looked for at such steps, ms. */
const pastStep = 300_000;

function lastSeen(t: Float64Array, v: Float64Array): number | undefined {
  for (let k = v.length - 1; k >= 0; k--) if (v[k]! > 0) return t[k];
  return undefined;
}

/** Of what is complete nothing that was seen before counts. */
type Moment = Omit<TopologyMoment, 'since'> & { readonly since: number | undefined };

/** A series counts as an edge, seen when its value was above 0 for the last time, when both labels are there. */
async function readEdges(source: SeriesSource, query: TopologyQuery, moment: Moment): Promise<SeenEdge[]> {
  const { t, step, since, signal } = moment;
  const own = { query: query.via, ...(signal === undefined ? {} : { signal }) };
  const asked = [source.queryRange({ ...own, start: t, end: t, step })];
  if (since !== undefined) asked.push(source.queryRange({ ...own, start: since, end: t, step: pastStep }));
  const series = (await Promise.all(asked)).flatMap(answer => answer.series);
  return series.flatMap(({ labels, t: times, v }) => {
    const from = labels[query.from];
    const to = labels[query.to];
    const seen = lastSeen(times, v);
    if (!from || !to || seen === undefined) return [];
    return [{ from, to, at: seen, ...(query.kind === undefined ? {} : { kind: query.kind }) }];
  });
}

function nodesOf({ fromKind, toKind }: TopologyQuery, edges: readonly SeenEdge[]): TopologyNode[] {
  const nodes = new Map<string, TopologyNode>();
  for (const { from, to } of edges) {
    if (fromKind !== undefined) nodes.set(from, { id: from, kind: fromKind });
    if (toKind !== undefined) nodes.set(to, { id: to, kind: toKind });
  }
  return [...nodes.values()];
}

/**
 * A source of edges that asks metrics. A question that fails is told among the failures, and brings no edges; when all fail,
 * `read` rejects with a SourceError that holds their words.
 */
export function createMetricTopology(
  source: SeriesSource,
  { confidence, complete, queries }: TopologyQuestions,
  name: string,
): TopologySource {
  return {
    name,
    async read(at) {
      const moment = { ...at, since: complete ? undefined : at.since };
      const asked = queries.map(query => readEdges(source, query, moment));
      const answers = await Promise.allSettled(asked);
      const failed = answers
        .filter(answer => answer.status === 'rejected')
        .map(({ reason }) => words(reason));
      const failures = [...new Set(failed)];
      if (queries.length > 0 && failed.length === queries.length)
        throw new SourceError(failures.join('; '), { retryable: true });
      const read = answers.map(answer => (answer.status === 'fulfilled' ? answer.value : []));
      const edges = read.flat();
      return {
        t: at.t,
        source: name,
        confidence,
        edges,
        nodes: read.flatMap((each, k) => nodesOf(queries[k]!, each)),
        // Without a single answer the exporter is away, not everything that it tells of.
        complete: complete && failed.length === 0 && edges.length > 0,
        ...(failures.length === 0 ? {} : { failures }),
      };
    },
  };
}

function words(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
