import { describe, expect, it } from 'vitest';
import { type RangeQuery, SourceError } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { formatValue, type QueryTarget } from '../../server/query-api.ts';
import { createServer } from '../../server/server.ts';
import { stateOf } from './checkout-incident.ts';

const score = { __name__: 'foreshock_score', service: 'payment' };

/** Two samples of one series; the queries `fail`, `later` and `(` fail as a source does, `broken` as a bug does. */
function start() {
  const logged: string[] = [];
  const asked: RangeQuery[] = [];
  const results: QueryTarget = {
    now: () => 5000,
    series: async () => [score, score],
    source: {
      async queryRange(query) {
        asked.push(query);
        if (query.query === '(') throw new RangeError('1:2: parse error: unexpected end');
        if (query.query === 'broken') throw new TypeError('not for the client');
        if (query.query === 'fail') throw new SourceError('many-to-many', { retryable: false });
        if (query.query === 'later') throw new SourceError('busy', { retryable: true });
        const t = Float64Array.of(query.start, query.end, query.end + 1);
        const series = [{ labels: score, t, v: Float64Array.of(1.5, Number.POSITIVE_INFINITY, Number.NaN) }];
        return { series, warnings: [], partial: false };
      },
    },
  };
  const registry = createMetrics().registry;
  const { app } = createServer({
    state: stateOf([]),
    registry,
    routes: [],
    results,
    log: message => logged.push(message),
  });
  return { app, asked, logged };
}

describe('query API', () => {
  it('answers an instant query in the form of Prometheus, by GET and by POST', async () => {
    const { app, asked } = start();
    const expected = {
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: score, value: [5, '+Inf'] }] },
    };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.inject('/api/v1/query?query=foreshock_score')).json()).toEqual(expected);
    const posted = { method: 'POST', url: '/api/v1/query', headers, payload: 'query=a%2Bb&time=5' } as const;
    expect((await app.inject(posted)).json()).toEqual(expected);
    expect(asked.map(({ query, start }) => [query, start])).toEqual([
      ['foreshock_score', 5000],
      ['a+b', 5000],
    ]);
  });

  it('answers a range query with numbers of seconds, RFC 3339 and durations', async () => {
    const { app, asked } = start();
    const url = '/api/v1/query_range?query=x&start=1970-01-01T00:00:01Z&end=61.5&step=1m30s';
    expect((await app.inject(url)).json().data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: score,
          values: [
            [1, '1.5'],
            [61.5, '+Inf'],
          ],
        },
      ],
    });
    expect(asked[0]).toMatchObject({ start: 1000, end: 61_500, step: 90_000 });
  });

  it.each([
    ['query', 400, 'bad_data'],
    ['query?query=(', 400, 'bad_data'],
    ['query?query=fail', 422, 'execution'],
    ['query?query=broken', 500, 'internal'],
    ['query?query=later', 503, 'timeout'],
    ['query?query=x&time=yesterday', 400, 'bad_data'],
    ['query_range?query=x&start=0&end=1', 400, 'bad_data'],
    ['query_range?query=x&start=0&end=1&step=0', 400, 'bad_data'],
    ['query_range?query=x&start=2&end=1&step=1', 400, 'bad_data'],
    ['query_range?query=x&start=0&end=11001&step=1', 400, 'bad_data'],
    ['query_range?query=x&start=0&end=Infinity&step=1', 400, 'bad_data'],
    ['series', 400, 'bad_data'],
    ['label/a-b/values', 400, 'bad_data'],
  ])('refuses %s with %i %s', async (path, status, errorType) => {
    const { app, logged } = start();
    const answer = await app.inject(`/api/v1/${path}`);
    expect(logged).toHaveLength(status === 500 ? 1 : 0);
    expect(answer.body).not.toContain('not for the client');
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status: 'error', errorType, error: expect.any(String) });
  });

  it('takes exactly 11,000 steps', async () => {
    const url = '/api/v1/query_range?query=x&start=0&end=11000&step=1';
    expect((await start().app.inject(url)).statusCode).toBe(200);
  });

  it('lists series once, label names and values', async () => {
    const { app } = start();
    const data = async (path: string) => (await app.inject(`/api/v1/${path}`)).json().data;
    expect(await data('series?match[]=foreshock_score')).toEqual([score]);
    expect(await data('labels')).toEqual(['__name__', 'service']);
    expect(await data('label/service/values')).toEqual(['payment']);
    expect(await data('status/buildinfo')).toMatchObject({ version: expect.any(String) });
  });

  it.each([
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
    [0.1, '0.1'],
  ])('writes %d as %s', (value, text) => expect(formatValue(value)).toBe(text));
});
