import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createPrometheusSource, prometheusOptions, type QueryEvent } from '../../collectors/prometheus.ts';

type Answer = (form: URLSearchParams, response: ServerResponse, request: IncomingMessage) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server on loopback that answers each request by the next of `answers`, the last one again and again. */
async function sourceOver(answers: readonly Answer[], settings: Record<string, unknown> = {}) {
  const asked: { form: URLSearchParams; path: string; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const { authorization } = request.headers;
    asked.push({ form, path: `${request.method} ${request.url}`, authorization });
    answers[Math.min(asked.length, answers.length) - 1]!(form, response, request);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const events: QueryEvent[] = [];
  const source = createPrometheusSource(
    prometheusOptions.parse({ url: `http://127.0.0.1:${port}/prom`, ...settings }),
    { observe: event => events.push(event), retry: { base: 1 } },
  );
  closers.push(async () => {
    server.closeAllConnections();
    await source.close();
    await new Promise(resolve => server.close(resolve));
  });
  return { source, asked, events };
}

/** One series with its time as the value at each step that was asked for. */
const ramp: Answer = (form, response) => {
  const [start, end, step] = ['start', 'end', 'step'].map(name => Number(form.get(name)));
  const values: [number, string][] = [];
  for (let t = start!; t <= end!; t += step!) values.push([t, String(t)]);
  const result = [{ metric: { job: 'a' }, values }];
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
};

const failing = (status: number, body = '', headers: Record<string, string> = {}): Answer => {
  return (_, response) => response.writeHead(status, headers).end(body);
};

const range = { query: 'up', start: 1_001, end: 20_999, step: 1_000 };

describe('a Prometheus source', () => {
  it('puts a range on multiples of its step, splits it and joins the answers', async () => {
    const { source, asked, events } = await sourceOver([ramp], { max_points: 7 });
    const { series, partial } = await source.queryRange(range);
    expect(asked.map(({ form }) => [form.get('start'), form.get('end')])).toEqual([
      ['2.000', '8.000'],
      ['9.000', '15.000'],
      ['16.000', '20.000'],
    ]);
    expect(series).toHaveLength(1);
    expect([...series[0]!.t]).toEqual(Array.from({ length: 19 }, (_, i) => (i + 2) * 1000));
    expect(partial).toBe(false);
    expect(asked[0]!.path).toBe('POST /prom/api/v1/query_range');
    expect(events.map(event => event.outcome)).toEqual(['ok', 'ok', 'ok']);
  });

  it('asks again after 503 and a lost connection, with what Retry-After says', async () => {
    const lost: Answer = (_, response) => response.destroy();
    const { source, asked } = await sourceOver([failing(503, '', { 'retry-after': '0' }), lost, ramp]);
    expect((await source.queryRange(range)).series).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });

  it('gives up after three more tries and says what was answered', async () => {
    const body = JSON.stringify({ status: 'error', errorType: 'unavailable', error: 'store is down' });
    const { source, asked, events } = await sourceOver([failing(503, body)]);
    await expect(source.queryRange(range)).rejects.toThrow(
      /query_range: answered 503 \(unavailable: store is down\)/,
    );
    expect(asked).toHaveLength(4);
    expect(events.every(event => event.outcome === 'error')).toBe(true);
  });

  it('does not ask again what is wrong: Prometheus names the error', async () => {
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error at char 3' });
    const { source, asked } = await sourceOver([failing(400, body)]);
    await expect(source.queryRange(range)).rejects.toMatchObject({
      name: 'SourceError',
      retryable: false,
      message: expect.stringContaining('bad_data: parse error at char 3'),
    });
    expect(asked).toHaveLength(1);
  });

  it('refuses an answer that was cut in the middle', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"val');
      response.destroy();
    };
    const short: Answer = (_, response) => response.end('{"status":"success","data":{"resu');
    for (const answer of [cut, short]) {
      const { source } = await sourceOver([answer]);
      await expect(source.queryRange(range)).rejects.toMatchObject({ name: 'SourceError', retryable: true });
    }
  });

  it('does not wait longer than the timeout', async () => {
    const slow: Answer = (_, response) => response.write('{"status":"success",');
    const { source } = await sourceOver([slow], { timeout: '50ms' });
    await expect(source.queryRange(range)).rejects.toThrow(/no answer within 50 ms/);
  });

  it('never repeats a credential', async () => {
    const echo: Answer = (_, response, request) =>
      response.writeHead(401).end(`no entry for ${request.headers.authorization}`);
    const { source, asked } = await sourceOver([echo], {
      basic_auth: { username: 'u', password: 's3cret' },
      headers: { 'X-Scope-OrgID': 'tenant' },
    });
    const error: unknown = await source.queryRange(range).catch((reason: unknown) => reason);
    expect(asked[0]!.authorization).toBe(`Basic ${Buffer.from('u:s3cret').toString('base64')}`);
    expect(String(error)).toMatch(/answered 401/);
    expect(String(error)).not.toMatch(/s3cret|Basic/);
  });

  it('carries warnings as partial data, and infos beside it', async () => {
    const warned: Answer = (_, response) =>
      response.end(
        '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[5,"1"]}]},"warnings":["w"],"infos":["i"]}',
      );
    const { source, asked } = await sourceOver([warned], { partial_response: true, dedup: false });
    const answer = await source.queryInstant('up', 5_000);
    expect(answer).toMatchObject({ partial: true, warnings: ['w'], infos: ['i'] });
    expect(Object.fromEntries(asked[0]!.form)).toEqual({
      query: 'up',
      time: '5.000',
      partial_response: 'true',
      dedup: 'false',
    });
  });

  it('keeps to the number of requests in flight', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const counting: Answer = (form, response, request) => {
      held.push(() => ramp(form, response, request));
      most = Math.max(most, held.length);
      if (held.length < 2) return;
      setImmediate(() => {
        for (const release of held.splice(0)) release();
      });
    };
    const { source } = await sourceOver([counting], { queries_in_flight: 2, max_points: 2 });
    await source.queryRange(range);
    expect(most).toBe(2);
  });
});

describe('its options', () => {
  it.each([
    [{ url: 'ftp://x' }],
    [{ url: 'http://x', timeout: 'soon' }],
    [{ url: 'http://x', surprise: 1 }],
    [{ url: 'http://x', basic_auth: { username: 'u', password: 'p', password_file: 'f' } }],
    [{ url: 'http://x', basic_auth: { username: 'u' }, authorization: { credentials: 'c' } }],
    [{ url: 'http://x', tls_config: { cert_file: 'c' } }],
  ])('%j is refused', options => {
    expect(prometheusOptions.safeParse(options).success).toBe(false);
  });
});
