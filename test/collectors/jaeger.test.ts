import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createJaegerSource, type JaegerOptions } from '../../collectors/jaeger.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise(resolve => (server === undefined ? resolve(0) : server.close(resolve)));
  server = undefined;
});

/** What speaks Jaeger's API, in the form in which Jaeger answers it. */
async function jaegerThat(answers: RequestListener): Promise<string> {
  server = createServer(answers).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const answer = {
  data: [
    { parent: 'frontend', child: 'customer', callCount: 33 },
    { parent: 'customer', child: 'mysql', callCount: 31, source: 'jaeger' },
    { parent: 'frontend', child: 'retired', callCount: 0 },
    { parent: '', child: 'frontend', callCount: 4 },
  ],
  total: 0,
  limit: 0,
  offset: 0,
  errors: null,
};

function sourceAt(url: string, more: Partial<JaegerOptions> = {}) {
  const options = { name: 'jaeger', url, headers: {}, timeout: 5000, lookback: 3_600_000, ...more };
  return createJaegerSource(options, { retries: 2, base: 1 });
}

const at = { t: 1_772_359_500_000, step: 15_000 };

describe('the graph of Jaeger', () => {
  it('is asked for its last hour, and tells whom each service called', async () => {
    const asked: string[] = [];
    const url = await jaegerThat((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(JSON.stringify(answer));
    });
    const source = sourceAt(`${url}/jaeger/`);
    expect(await source.read(at)).toEqual({
      t: at.t,
      source: 'jaeger',
      confidence: 0.9,
      edges: [
        { from: 'frontend', to: 'customer', kind: 'calls' },
        { from: 'customer', to: 'mysql', kind: 'calls' },
      ],
    });
    expect(asked).toEqual(['GET /jaeger/api/dependencies?endTs=1772359500000&lookback=3600000']);
    await source.close();
  });

  it('is empty where nothing was traced', async () => {
    const url = await jaegerThat((_, response) => response.end('{"data":null,"errors":null}'));
    const source = sourceAt(url);
    expect((await source.read(at)).edges).toEqual([]);
    await source.close();
  });

  it('is asked with the credentials and headers of the config', async () => {
    const seen: unknown[] = [];
    const url = await jaegerThat(({ headers }, response) => {
      seen.push([headers.authorization, headers['x-scope-orgid']]);
      response.end(JSON.stringify(answer));
    });
    const source = sourceAt(url, {
      basic_auth: { username: 'reader', password: 'secret' },
      headers: { 'X-Scope-OrgID': 'shop' },
    });
    await source.read(at);
    expect(seen).toEqual([[`Basic ${Buffer.from('reader:secret').toString('base64')}`, 'shop']]);
    await source.close();
  });

  it('is asked again where Jaeger is not there for a moment', async () => {
    let asked = 0;
    const url = await jaegerThat((_, response) => {
      asked++;
      if (asked === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end(JSON.stringify(answer));
    });
    const source = sourceAt(url);
    expect((await source.read(at)).edges).toHaveLength(2);
    await source.close();
  });

  it.each([
    [404, 'not found', /answered 404/],
    [200, '<html>the page of Jaeger</html>', /not JSON.*query service/],
    [200, '{"data":[{"parent":1,"child":"x"}]}', /not a list of \{parent, child, callCount\}/],
    [200, '{"data":null,"errors":[{"code":500,"msg":"storage is away"}]}', /storage is away/],
  ])('is refused with the address and what is wrong: %d %s', async (status, body, why) => {
    const url = await jaegerThat((_, response) => response.writeHead(status).end(body));
    const source = sourceAt(url);
    const reading = source.read(at);
    await expect(reading).rejects.toThrow(why);
    await expect(reading).rejects.toThrow(`${url}/api/dependencies`);
    await source.close();
  });

  it('is given up after its timeout, and when the daemon ends', async () => {
    const url = await jaegerThat(() => {});
    const slow = sourceAt(url, { timeout: 20 });
    await expect(slow.read(at)).rejects.toThrow('no answer within 20 ms');
    const ended = AbortSignal.abort(new Error('the end'));
    await expect(sourceAt(url).read({ ...at, signal: ended })).rejects.toThrow('the end');
    await slow.close();
  });
});
