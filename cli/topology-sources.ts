import { createJaegerSource } from '../collectors/jaeger.ts';
import { createTopologyFile } from '../collectors/topology-file.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import type { TopologySource } from '../core/topology.ts';
import type { NamedSource } from './sources.ts';
import { builtinQuestions } from './topology-queries.ts';
import { createMetricTopology } from './topology-reader.ts';

/** What the packs ask one source for; undefined when that is nothing. */
function packTopology(
  { name, source }: NamedSource,
  packs: readonly ResolvedPack[],
): TopologySource | undefined {
  const asked = packs.filter(({ sources }) => sources.length === 0 || name === '' || sources.includes(name));
  const queries = asked.flatMap(pack => pack.topology).map(edge => ({ ...edge, kind: 'calls' }));
  if (queries.length === 0) return undefined;
  return createMetricTopology(
    source,
    { name: 'packs', confidence: 1, complete: false, queries },
    said(name, 'packs'),
  );
}

const said = (source: string, origin: string): string => (source === '' ? origin : `${source}/${origin}`);

/** Sources of edges that ask metrics: by the packs, and by the built-in questions, all of them unless named. */
export function metricTopologies(
  sources: readonly NamedSource[],
  packs: readonly ResolvedPack[],
  builtin: readonly string[] = builtinQuestions.map(({ name }) => name),
): readonly TopologySource[] {
  const questions = builtinQuestions.filter(({ name }) => builtin.includes(name));
  return sources.flatMap(each => [
    ...[packTopology(each, packs)].filter(source => source !== undefined),
    ...questions.map(one => createMetricTopology(each.source, one, said(each.name, one.name))),
  ]);
}

/** Every source of edges that the config names; those of logs are asked what their packs say only. */
export function topologySources(
  { prometheus, topology }: Pick<Config, 'prometheus' | 'topology'>,
  sources: readonly NamedSource[],
  packs: readonly ResolvedPack[],
): readonly TopologySource[] {
  const metrics = new Set(prometheus.map(({ name }) => name));
  const ofMetrics = sources.filter(({ name }) => metrics.has(name));
  const ofLogs = sources.filter(({ name }) => !metrics.has(name));
  return [
    ...metricTopologies(ofMetrics, packs, topology.metrics),
    ...metricTopologies(ofLogs, packs, []),
    ...topology.jaeger.map(options => createJaegerSource(options)),
    ...topology.files.map(createTopologyFile),
  ];
}
