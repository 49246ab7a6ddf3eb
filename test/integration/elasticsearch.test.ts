import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { elasticsearch } from '../../collectors/elasticsearch.ts';
import { createAuthority } from '../certificates.ts';
import { freePort, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { type Running, startCollector } from './recording-sink.ts';
import { createElasticsearchServer, type ElasticsearchServer } from './services/elasticsearch.ts';
import { missingServers } from './services/jars.ts';

const missing = [...missingServers('elasticsearch'), ...missingCommands('java')];
const start = Date.parse('2026-11-30T12:00:00Z');

interface Written {
  readonly n: number;
  readonly t: number | string;
  readonly [field: string]: unknown;
}

describe.skipIf(missing.length > 0)('what is read from a real Elasticsearch', () => {
  const dir = temporaryFolder('elasticsearch');
  const authority = createAuthority(dir, 'elastic');
  const ca = readFileSync(authority.ca_file, 'utf8');
  let server: ElasticsearchServer;
  let running: Running[] = [];

  beforeAll(async () => {
    const certificate = authority.issue('http', { names: 'IP:127.0.0.1' });
    server = await createElasticsearchServer({ dir, secure: { ...certificate, ca } });
    await server.start();
  });
  afterEach(async () => {
    await Promise.all(running.map(each => each.stop()));
    running = [];
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  type Given = Partial<z.input<typeof elasticsearch.options>>;

  function collectorOf(index: string, given: Given = {}) {
    const { basic_auth } = server;
    const login = 'api_key' in given || 'basic_auth' in given ? {} : { basic_auth };
    return elasticsearch.create(
      elasticsearch.options.parse({
        url: server.url,
        index,
        start_at: 'beginning',
        poll_interval: '100ms',
        tls_config: { ca_file: authority.ca_file },
        ...login,
        ...given,
      }),
      undefined,
    );
  }

  function read(index: string, given: Given = {}, from?: string): Running {
    const started = startCollector(collectorOf(index, given), from);
    running.push(started);
    return started;
  }

  /** Indexes documents and makes them visible. */
  async function write(index: string, documents: readonly Written[]): Promise<void> {
    const lines = documents.flatMap(({ n, t, ...rest }) => {
      const time = typeof t === 'number' ? new Date(t).toISOString() : t;
      return [{ create: {} }, { '@timestamp': time, message: `line ${n}`, ...rest }];
    });
    await server.ask(
      'POST',
      `/${index}/_bulk?refresh=true`,
      lines.map(line => `${JSON.stringify(line)}\n`).join(''),
    );
  }

  const many = (from: number, to: number, step = 10): readonly Written[] =>
    Array.from({ length: to - from }, (_, index) => ({ n: from + index, t: start + (from + index) * step }));
  const numbers = ({ sink }: Running) =>
    sink.records.map(({ fields }) => Number(String(fields?.message).replace('line ', '')));
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
  const arrived = (started: Running, count: number) =>
    until(`${count} documents`, () => started.sink.records.length >= count);
  const troubled = (started: Running, what: RegExp) =>
    until(`trouble ${what}`, () => started.sink.troubles.some(each => what.test(each ?? '')));
  const polled = async (started: Running, index: string) => {
    const before = started.sink.records.length;
    await write(index, [{ n: -1, t: start + 3_600_000 }]);
    await arrived(started, before + 1);
  };

  it('reads all pages in order of time, the fields as they are, and then what comes', async () => {
    const ecs = { service: { name: 'web' }, 'log.level': 'error', kubernetes: { pod_name: 'web-1' } };
    await write('pages', [...many(0, 1000)].reverse());
    const started = read('pages', { page_size: 37, labels: { site: 'a' } });
    await arrived(started, 1000);
    expect(numbers(started)).toEqual(upTo(1000));
    await write('pages', [{ n: 1000, t: start + 10_000, ...ecs }]);
    await arrived(started, 1001);
    expect(started.sink.records.at(-1)).toEqual({
      text: '',
      fields: { '@timestamp': new Date(start + 10_000).toISOString(), message: 'line 1000', ...ecs },
      t: start + 10_000,
      labels: { site: 'a', index: 'pages' },
    });
    expect(started.sink.troubles).toEqual([]);
  });

  it('reads late documents within the window once, and none before it', async () => {
    await write('late', many(0, 100, 1000));
    const started = read('late', { late_window: '30s' });
    await arrived(started, 100);
    const newest = start + 99_000;
    await write('late', [
      { n: 100, t: newest - 29_000 },
      { n: 101, t: newest - 31_000 },
      { n: 102, t: newest },
    ]);
    await arrived(started, 102);
    await polled(started, 'late');
    expect(numbers(started).filter(n => n >= 0)).toEqual([...upTo(101), 102]);
  });

  it('goes on from a position in the middle of documents with one and the same time', async () => {
    await write('same', many(0, 500, 0));
    const first = read('same', { page_size: 50 });
    await until('some pages', () => first.sink.batches.length > 4);
    await first.stop();
    const { position } = first.sink.batches[4]!;
    const before = first.sink.batches.slice(0, 5).flatMap(batch => batch.records);
    const second = read('same', { page_size: 70 }, position);
    await arrived(second, 500 - before.length);
    await write('same', many(500, 510, 0));
    await arrived(second, 510 - before.length);
    const all = [...before, ...second.sink.records].map(({ fields }) => String(fields?.message));
    expect(all).toHaveLength(510);
    expect(new Set(all).size).toBe(510);
  });

  it('is not led astray by a document from the future', async () => {
    const now = Date.now();
    await write('future', [
      { n: 0, t: now - 60_000 },
      { n: 1, t: now + 86_400_000 },
    ]);
    const started = read('future', { late_window: '5m' });
    await arrived(started, 2);
    await write('future', [{ n: 2, t: Date.now() - 120_000 }]);
    await arrived(started, 3);
    expect(numbers(started)).toEqual([0, 1, 2]);
  });

  it('begins at the end, from the first start on', async () => {
    await write('ends', [{ n: 0, t: Date.now() - 120_000 }]);
    const first = read('ends', { start_at: 'end' });
    const position = await until('the end', () => first.sink.position());
    await first.stop();
    await write('ends', [{ n: 1, t: Date.now() + 1 }]);
    const second = read('ends', { start_at: 'end' }, position);
    await arrived(second, 1);
    expect([...numbers(first), ...numbers(second)]).toEqual([1]);
  });

  it('reads what a query finds, over a pattern of indices with dates of two kinds', async () => {
    const mappings = { properties: { '@timestamp': { type: 'date_nanos' } } };
    await server.ask('PUT', '/kinds-nanos', { mappings });
    await write('kinds-nanos', [
      { n: 0, t: '2026-11-30T12:00:00.123456789Z', team: 'a' },
      { n: 2, t: '2026-11-30T12:00:02Z', team: 'b' },
    ]);
    await write('kinds-millis', [{ n: 1, t: '2026-11-30T12:00:01Z', team: 'a' }]);
    const started = read('kinds-*', { query: { term: { 'team.keyword': 'a' } } });
    await arrived(started, 2);
    expect(numbers(started)).toEqual([0, 1]);
    expect(started.sink.records[0]!.t).toBe(start + 123);
  });

  it('reads a data stream', async () => {
    const template = { index_patterns: ['stream-*'], data_stream: {} };
    await server.ask('PUT', '/_index_template/stream', template);
    await write('stream-logs', many(0, 10));
    const started = read('stream-logs');
    await arrived(started, 10);
    expect(numbers(started)).toEqual(upTo(10));
  });

  it('says once that credentials are refused, and reads with the right ones', async () => {
    await write('rotated', many(0, 1));
    const { username, password } = server.basic_auth!;
    const file = `${dir}/password`;
    writeFileSync(file, 'not-the-password');
    const started = read('rotated', { basic_auth: { username, password_file: file } });
    await troubled(started, /refuses the credentials/);
    writeFileSync(file, password);
    await arrived(started, 1);
    await until('it is over', () => started.sink.troubles.at(-1) === undefined);
    expect(started.sink.troubles).toHaveLength(2);
    const keyed = read('rotated', { api_key: 'd3Jvbmc6a2V5' });
    await troubled(keyed, /refuses the credentials/);
    expect(String([...started.sink.troubles, ...keyed.sink.troubles])).not.toMatch(
      /not-the-password|d3Jvbmc6a2V5/,
    );
  });

  it('says what is wrong with a certificate or an address', async () => {
    const stranger = createAuthority(dir, 'stranger');
    const distrusting = read('tls', { tls_config: { ca_file: stranger.ca_file } });
    await troubled(distrusting, /not signed by an authority that we trust/);
    const nobody = read('tls', { url: `https://127.0.0.1:${await freePort()}` });
    await troubled(nobody, /nothing listens there/);
  });

  it('says that a server is no Elasticsearch, and shows it the API key of the file', async () => {
    const shown: (string | undefined)[] = [];
    const other = createServer(({ headers }, response) => {
      shown.push(headers.authorization);
      response.writeHead(406, { 'content-type': 'application/json' });
      response.end('{"error":"Content-Type header is not supported","status":406}');
    });
    const port = await freePort();
    await new Promise<void>(resolve => other.listen(port, '127.0.0.1', resolve));
    const file = `${dir}/api-key`;
    writeFileSync(file, 'aWQ6a2V5\n');
    const access = {
      url: `http://127.0.0.1:${port}`,
      tls_config: undefined,
      api_key: undefined,
      api_key_file: file,
    };
    const started = read('other', access);
    await troubled(started, /does not say that it is an Elasticsearch.*OpenSearch is not read/);
    expect(new Set(shown)).toEqual(new Set(['ApiKey aWQ6a2V5']));
    await started.stop();
    other.close();
  });

  it('waits for an index that is not there, and for one that vanishes', async () => {
    const started = read('vanishing');
    const pattern = read('vanishing-*');
    await troubled(started, /no such index \[vanishing\]/);
    await troubled(pattern, /no index matches "vanishing-\*"/);
    await write('vanishing', many(0, 5));
    await arrived(started, 5);
    await server.ask('DELETE', '/vanishing');
    await until('it is missed', () => started.sink.troubles.length === 3);
    await write('vanishing', many(5, 10));
    await arrived(started, 10);
    expect(numbers(started)).toEqual(upTo(10));
  });

  it('asks for smaller pages where documents are large, and counts one that is too large', async () => {
    const words = 'x'.repeat(4 << 10);
    await server.ask('PUT', '/large', {
      mappings: { dynamic: false, properties: { '@timestamp': { type: 'date' } } },
    });
    await write(
      'large',
      upTo(10).map(n => ({ n, t: start + n, words })),
    );
    await write('large', [{ n: 10, t: start + 10, words: words.repeat(9) }]);
    await write('large', [{ n: 11, t: start + 11 }]);
    const started = read('large', { max_page_bytes: 32 << 10 });
    await arrived(started, 11);
    expect(numbers(started)).toEqual([...upTo(10), 11]);
    expect(Object.fromEntries(started.sink.refused)).toEqual({ too_long: 1 });
    expect(started.sink.troubles).toEqual([]);
  });

  it('says that it gives up a part of the late window rather than to remember without end', async () => {
    await write('crowded', many(0, 300, 100));
    const started = read('crowded', { late_documents: 100, late_window: '1h', page_size: 20 });
    await arrived(started, 300);
    expect(started.sink.refused.has('late')).toBe(true);
    expect(started.sink.said[0]).toMatch(/more than late_documents \(100\)/);
    await polled(started, 'crowded');
    expect(numbers(started)).toEqual([...upTo(300), -1]);
    expect(started.sink.position()!.length).toBeLessThan(2500);
  });

  it('reads on without a double when the server is gone in the middle of a page and its view with it', async () => {
    await write('restart', many(0, 400));
    const started = startCollector(collectorOf('restart', { page_size: 50 }));
    running.push(started);
    const empty = started.sink.fill();
    await until('the sink is full', () => started.sink.batches.length > 0);
    await server.stop('SIGTERM');
    empty();
    await troubled(started, /nothing listens there|closed the connection/);
    await server.start();
    await arrived(started, 400);
    expect(numbers(started)).toEqual(upTo(400));
    expect(started.sink.troubles.filter(each => each === undefined)).toHaveLength(1);
  });
});
