import { describe, expect, it } from 'vitest';
import { hostile, queryServer } from './query-server.ts';

const { ask, logged, range } = queryServer();

describe('a label that is not there is empty, though an object of JavaScript has something of its name', () => {
  const count = '"vector","result":[{"metric":{},"value":[6000,"3"]}]';
  it.each([
    ['count(foreshock_anomaly_score{constructor=""})', count],
    ['count(foreshock_anomaly_score{toString!~".+"})', count],
    ['sum by (constructor) (count(foreshock_anomaly_score) by (service))', count],
    ['count(label_replace(foreshock_anomaly_score, "a", "$1", "valueOf", "(.*)")) by (a)', count],
    ['count(label_join(foreshock_anomaly_score, "a", "", "valueOf", "toString")) by (a)', count],
  ])('%s', async (query, result) => {
    const { status, body } = await ask('query', { query, time: '6000' });
    expect([status, body]).toEqual([200, `{"status":"success","data":{"resultType":${result}}}`]);
  });

  it('its values are none', async () => {
    expect((await ask('label/constructor/values')).body).toBe('{"status":"success","data":[]}');
    const { body } = await ask('series', {
      'match[]': 'foreshock_anomaly_score{toString="",service="cart"}',
    });
    expect(body).toContain('"service":"cart"');
  });
});

describe('the query API writes what Prometheus writes', () => {
  it.each([
    ['1', '"scalar","result":[6000,"1"]'],
    ['1e22 * -1', '"scalar","result":[6000,"-10000000000000000000000"]'],
    ['"a<b"', '"string","result":[6000,"a\\u003cb"]'],
    ['vector(1e-7)', '"vector","result":[{"metric":{},"value":[6000,"1e-07"]}]'],
    ['vector(-0)', '"vector","result":[{"metric":{},"value":[6000,"-0"]}]'],
    ['vector(1/0)', '"vector","result":[{"metric":{},"value":[6000,"+Inf"]}]'],
    [
      'sum(foreshock_anomaly_score{service="payment"})',
      '"vector","result":[{"metric":{},"value":[6000,"100.5"]}]',
    ],
    [
      'foreshock_anomaly_score{service="payment"}[90s]',
      '"matrix","result":[{"metric":{"__name__":"foreshock_anomaly_score","service":"payment"},"values":[[5940,"99.5"],[6000,"100.5"]]}]',
    ],
    ['nothing', '"vector","result":[]'],
  ])('an instant query of %s', async (query, result) => {
    const { status, type, body } = await ask('query', { query });
    expect([status, type, body]).toEqual([
      200,
      'application/json',
      `{"status":"success","data":{"resultType":${result}}}`,
    ]);
  });

  it('a range query, with a NaN that was computed and times of three digits', async () => {
    const { body } = await range('foreshock_anomaly_score{service="payment"} * (0/0)', {
      start: '0.0005',
      end: '1970-01-01T00:01:00.001Z',
    });
    expect(body).toBe(
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"service":"payment"},' +
        '"values":[[0.001,"NaN"],[60.001,"NaN"]]}]}}',
    );
  });

  it('series of a range in the order of their labels', async () => {
    const { body } = await range('foreshock_anomaly_score', { start: '6000', end: '6000' });
    const services = JSON.parse(body).data.result.map(
      (row: { metric: { service: string } }) => row.metric.service,
    );
    expect(services).toEqual([hostile, 'cart', 'payment']);
  });

  it('a hostile label value unharmed, and nothing that HTML could read', async () => {
    const { body } = await ask('query', {
      query: `foreshock_anomaly_score{service=${JSON.stringify(hostile)}}`,
    });
    expect(JSON.parse(body).data.result[0].metric.service).toBe(hostile);
    expect(body).not.toMatch(/[<>&\n\u2028]/);
  });

  it('half a surrogate pair as a replacement character', async () => {
    const { body } = await ask('query', { query: 'label_replace(vector(1), "x", "\\ud800", "", "")' });
    expect(JSON.parse(body).data.result[0].metric).toEqual({ x: '\uFFFD' });
  });

  it('a series that ended with NaN not beyond its end', async () => {
    const { body } = await ask('query', {
      query: 'count(foreshock_anomaly_score{service="gone"})',
      time: '3060',
    });
    expect(JSON.parse(body).data.result).toEqual([]);
  });

  it('what is not on disk yet', async () => {
    const { body } = await ask('query', { query: 'foreshock_anomaly_score{service="cart"}' });
    expect(JSON.parse(body).data.result[0].value).toEqual([6000, '7']);
  });
});

describe('the query API refuses as Prometheus does', () => {
  const query = (text: string, more: Record<string, string> = {}) =>
    ['query', { query: text, ...more }] as const;
  const ranged = (more: Record<string, string>) =>
    ['query_range', { query: 'x', start: '0', end: '1', step: '1', ...more }] as const;
  it.each([
    [
      ...query(''),
      400,
      'bad_data',
      'invalid parameter "query": 1:1: parse error: no expression found in input',
    ],
    [
      ...query('1 +'),
      400,
      'bad_data',
      'invalid parameter "query": 1:4: parse error: unexpected end of input',
    ],
    [
      ...query('sum(\n  "ä" foo)'),
      400,
      'bad_data',
      'invalid parameter "query": 2:8: parse error: unexpected identifier "foo"',
    ],
    [
      ...query('holt(x)'),
      400,
      'bad_data',
      'invalid parameter "query": 1:1: parse error: unknown function with name "holt"',
    ],
    [
      ...query('x + fill(0) y'),
      400,
      'bad_data',
      'invalid parameter "query": 1:5: parse error: fill is not supported: fill(0)',
    ],
    [
      ...query('info(x)'),
      400,
      'bad_data',
      'invalid parameter "query": 1:1: parse error: unknown function with name "info"',
    ],
    [
      ...query('{service=~"("}'),
      400,
      'bad_data',
      'invalid parameter "query": 1:2: parse error: error parsing regexp: missing closing ): `^(?s:()$`',
    ],
    [
      ...query('x', { time: 'now' }),
      400,
      'bad_data',
      `invalid parameter "time": Invalid time value for 'time': cannot parse "now" to a valid timestamp`,
    ],
    [
      ...query('x', { timeout: 'x' }),
      400,
      'bad_data',
      'invalid parameter "timeout": cannot parse "x" to a valid duration',
    ],
    [
      ...query('x', { limit: '-1' }),
      400,
      'bad_data',
      'invalid parameter "limit": limit must be non-negative',
    ],
    [
      ...query('foreshock_anomaly_score + on () foreshock_anomaly_score'),
      422,
      'execution',
      /^found duplicate series for the match group \{\} on the right hand-side/,
    ],
    [
      ...query('vector(1)', { timeout: '0.000001' }),
      503,
      'timeout',
      'query timed out in expression evaluation',
    ],
    [
      ...ranged({ start: '' }),
      400,
      'bad_data',
      'invalid parameter "start": cannot parse "" to a valid timestamp',
    ],
    [
      ...ranged({ step: '0' }),
      400,
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    [
      ...ranged({ start: '2' }),
      400,
      'bad_data',
      'invalid parameter "end": end timestamp must not be before start time',
    ],
    [
      ...ranged({ end: '11001' }),
      400,
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    [...ranged({ end: '31536000', query: 'x[5m]' }), 400, 'bad_data', /11,000 points/],
    [
      ...ranged({ query: 'x[5m]' }),
      400,
      'bad_data',
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    ['series', {}, 400, 'bad_data', 'no match[] parameter provided'],
    ['series', { 'match[]': 'x[' }, 400, 'bad_data', /^invalid parameter "match\[\]": 1:/],
    ['series', { 'match[]': 'sum(x)' }, 400, 'bad_data', /^invalid parameter "match\[\]": 1:1: parse error/],
    ['label/a-b/values', {}, 400, 'bad_data', 'invalid label name: "a-b"'],
  ] as const)('%s %j', async (path, given, status, errorType, error) => {
    const answer = await ask(path, given);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      status: 'error',
      errorType,
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    });
    expect(logged).toEqual([]);
  });

  it('takes exactly 11,000 steps', async () => {
    expect((await range('x', { end: '11000', step: '1' })).status).toBe(200);
  });
});
