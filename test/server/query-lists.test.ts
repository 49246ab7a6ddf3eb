import { describe, expect, it } from 'vitest';
import { hostile, queryServer, score } from './query-server.ts';

const { ask } = queryServer();

describe('the query API tells Grafana what there is', () => {
  const data = async (path: string, given: Record<string, string> = {}) =>
    JSON.parse((await ask(path, given)).body).data;

  it('series, label names and label values, each once and in order', async () => {
    expect(await data('series', { 'match[]': '{service=~"p.*|cart"}' })).toEqual([
      score('cart'),
      score('payment'),
    ]);
    expect(await data('labels')).toEqual(['__name__', 'service']);
    expect(await data('label/service/values')).toEqual([hostile, 'cart', 'gone', 'payment']);
    expect(
      await data('label/service/values', { 'match[]': '{service=~".+",service!="gone"}' }),
    ).not.toContain('gone');
    expect(await data('labels', { start: '-9223372036854775', end: '9223372036854775' })).toEqual([
      '__name__',
      'service',
    ]);
  });

  it('no series of a time that has none', async () => {
    const given = { 'match[]': 'foreshock_anomaly_score', start: '1000000', end: '1000060' };
    expect(await data('series', given)).toEqual([score('cart')]);
  });

  it.each([
    ['query', { query: 'foreshock_anomaly_score' }],
    ['query_range', { query: 'foreshock_anomaly_score', start: '0', end: '6000', step: '60' }],
    ['series', { 'match[]': 'foreshock_anomaly_score' }],
    ['label/service/values', {}],
  ])('no more of %s than it asked for, and says so', async (path, given) => {
    const answer = JSON.parse((await ask(path, { ...given, limit: '2' })).body);
    expect(answer.data.result ?? answer.data).toHaveLength(2);
    expect(answer.warnings).toEqual(['results truncated due to limit']);
  });

  it('what its metrics are, no rules, no exemplars, and a version of Prometheus to go by', async () => {
    const about = await data('metadata', { metric: 'foreshock_anomaly_score' });
    expect(about.foreshock_anomaly_score[0]).toMatchObject({
      type: 'gauge',
      help: expect.stringMatching(/\.$/),
    });
    expect(await data('rules')).toEqual({ groups: [] });
    expect(await data('query_exemplars', { query: 'x' })).toEqual([]);
    expect(await data('status/buildinfo')).toMatchObject({ version: '3.0.0', revision: /^foreshock / });
  });
});
