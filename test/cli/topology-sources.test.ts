import { describe, expect, it } from 'vitest';
import { EdgeMemory } from '../../cli/topology-memory.ts';
import { builtinQuestions } from '../../cli/topology-queries.ts';
import { createMetricTopology } from '../../cli/topology-reader.ts';
import { metricTopologies } from '../../cli/topology-sources.ts';
import { builtinTopologies } from '../../config/topology-block.ts';
import type { Labels } from '../../core/labels.ts';
import { type Series, type SeriesSource, SourceError } from '../../core/series.ts';
import type { TopologyBatch } from '../../core/topology.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.parse('2026-03-01T00:00:00Z');

/** A series over `hours` from `t0` at one sample a minute; `value` of the minute. */
function series(labels: Labels, hours: number, value: (minute: number) => number): Series {
  const t = Float64Array.from({ length: hours * 60 + 1 }, (_, k) => t0 + k * minute);
  return { labels, t, v: t.map((_, k) => value(k)) };
}

const metrics = (all: readonly Series[]): SeriesSource =>
  createEvaluator(all, { lookback: 5 * minute, dialect: 2 });
const span = (client: string, server: string, value: (minute: number) => number) =>
  series({ __name__: 'traces_service_graph_request_total', client, server }, 6, value);

const spans = [
  span('front', 'cart', k => 60 * k),
  span('front', 'search', k => 60 * Math.min(k, 120)),
  span('front', 'never', () => 7),
  span('user', 'front', k => k),
];
const question = (name: string) => builtinQuestions.find(each => each.name === name)!;
const graph = createMetricTopology(metrics(spans), question('service_graph'), 'eu/service_graph');

describe('edges from metrics', () => {
  it('are the calls that go on, with what their ends are; the outside is no node', async () => {
    expect(await graph.read({ t: t0 + 6 * hour, step: minute })).toEqual({
      t: t0 + 6 * hour,
      source: 'eu/service_graph',
      confidence: 1,
      complete: false,
      edges: [{ from: 'front', to: 'cart', kind: 'calls', at: t0 + 6 * hour }],
      nodes: [
        { id: 'front', kind: 'service' },
        { id: 'cart', kind: 'service' },
      ],
    });
  });

  it('with a past are those that were seen since, each with when that was', async () => {
    const { edges } = await graph.read({ t: t0 + 4 * hour, step: minute, since: t0 + hour });
    const last = (to: string) => Math.max(...edges.filter(edge => edge.to === to).map(edge => edge.at!));
    expect(last('cart')).toBe(t0 + 4 * hour);
    expect(Math.abs(last('search') - (t0 + 2 * hour))).toBeLessThanOrEqual(5 * minute);
    expect(edges.map(({ to }) => to)).not.toContain('never');
  });

  it('name the called service where the address is one of the cluster', async () => {
    const called = (job: string, server_address: string) =>
      series({ __name__: 'http_client_request_duration_seconds_count', job, server_address }, 1, k => k);
    const all = [
      called('front', 'cart.shop.svc.cluster.local'),
      called('front', 'search.shop.svc'),
      called('front', 'api.example.com'),
      called('front', '10.0.0.7'),
    ];
    const source = createMetricTopology(metrics(all), question('http_client'), 'x');
    const { edges } = await source.read({ t: t0 + hour, step: minute });
    expect(edges.map(({ to }) => to).sort()).toEqual(['10.0.0.7', 'api.example.com', 'cart', 'search']);
  });

  it('of which one question fails are the others, and the failure is told', async () => {
    const source: SeriesSource = {
      queryRange: async ({ query, start }) => {
        if (query === 'broken') throw new SourceError('http://metrics: answered 422', { retryable: false });
        const labels = { a: 'x', b: 'y' };
        return {
          series: [{ labels, t: Float64Array.of(start), v: Float64Array.of(1) }],
          warnings: [],
          partial: false,
        };
      },
    };
    const queries = ['good', 'broken'].map(via => ({ from: 'a', to: 'b', via }));
    const about = { name: 'own', confidence: 1, complete: false };
    const read = await createMetricTopology(source, { ...about, queries }, 'own').read({ t: 0, step: 1 });
    expect(read).toMatchObject({
      edges: [{ from: 'x', to: 'y' }],
      failures: ['http://metrics: answered 422'],
    });
    const broken = createMetricTopology(source, { ...about, queries: queries.slice(1) }, 'own');
    await expect(broken.read({ t: 0, step: 1 })).rejects.toThrow('http://metrics: answered 422');
  });
});

it('every built-in question can be named in the config, and is asked of each source under its own name', () => {
  expect(builtinQuestions.map(({ name }) => name)).toEqual([...builtinTopologies]);
  const sources = ['eu', 'us'].map(name => ({ name, source: metrics([]) }));
  const names = metricTopologies(sources, [], ['istio', 'kubernetes']).map(({ name }) => name);
  expect(names).toEqual(['eu/istio', 'eu/kubernetes', 'us/istio', 'us/kubernetes']);
});

describe('what a source has said', () => {
  const batch = (t: number, to: readonly string[], more: Partial<TopologyBatch> = {}): TopologyBatch => ({
    t,
    source: 's',
    confidence: 1,
    edges: to.map(id => ({ from: 'a', to: id })),
    nodes: to.map(id => ({ id, kind: 'service' })),
    ...more,
  });
  const ends = ({ edges }: TopologyBatch) => edges.map(({ to, at }) => [to, at]);

  it('of calls stays, with the time of its newest word, until nobody would count on it', () => {
    const memory = new EdgeMemory();
    memory.take(batch(0, ['b', 'c']));
    expect(ends(memory.take(batch(hour, ['c'])))).toEqual([
      ['b', 0],
      ['c', hour],
    ]);
    const late = memory.take(batch(5 * hour, []));
    expect(ends(late)).toEqual([['c', hour]]);
    expect(late.nodes).toEqual([{ id: 'c', kind: 'service' }]);
  });

  it('of a place is what it said last: a pod that moved is not where it was', () => {
    const memory = new EdgeMemory();
    memory.take(batch(0, ['node-1'], { complete: true }));
    const moved = memory.take(batch(minute, ['node-2'], { complete: true }));
    expect(ends(moved)).toEqual([['node-2', minute]]);
    expect(moved.nodes).toEqual([{ id: 'node-2', kind: 'service' }]);
  });
});
