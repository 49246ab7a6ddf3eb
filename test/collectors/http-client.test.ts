import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { receivers } from '../../alerts/receivers/index.ts';
import { createHttpClient } from '../../collectors/http-client.ts';
import { createPrometheusSource, prometheusOptions } from '../../collectors/prometheus.ts';
import { fingerprint } from '../../core/labels.ts';
import { type Authority, type Certificate, createAuthority } from '../certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'foreshock-tls-'));
let house: Authority;
let stranger: Authority;
let own: Certificate;
let forServer: Certificate;

beforeAll(() => {
  house = createAuthority(folder, 'house');
  stranger = createAuthority(folder, 'stranger');
  own = house.issue('foreshock');
  forServer = house.issue('metrics.example', { names: 'DNS:metrics.example,IP:127.0.0.1' });
});
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise(resolve => (server === undefined ? resolve(0) : server.close(resolve)));
  server = undefined;
});

/** Speaks HTTPS and lets in only who shows a certificate of `house`; `seen` is what it was shown. */
async function demanding(certificate: Certificate, more: ServerOptions = {}) {
  const seen: { who: string; headers: IncomingHttpHeaders }[] = [];
  const options = {
    cert: readFileSync(certificate.cert_file),
    key: readFileSync(certificate.key_file),
    ca: readFileSync(house.ca_file),
    requestCert: true,
    ...more,
  };
  server = createServer(options, (request, response) => {
    const { socket, headers } = request;
    const who = socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject?.CN) : '';
    seen.push({ who, headers });
    request.resume();
    response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `https://127.0.0.1:${port}`, seen };
}

type Access = Readonly<Record<string, unknown>>;
type Tls = Partial<Certificate> & { readonly ca_file?: string; readonly server_name?: string };

const labels = { alertname: 'A' };
const notification = {
  key: 'k',
  status: 'firing',
  alert: {
    labels,
    annotations: {},
    startsAt: 0,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  },
} as const;

/** Each edge that speaks HTTP: made of a config, it answers a way to ask once, again and again. */
const edges: readonly [string, (url: string, access: Access) => () => Promise<unknown>][] = [
  [
    'a Prometheus source',
    (url, access) => {
      const options = prometheusOptions.parse({ url, ...access });
      const source = createPrometheusSource(options, { retry: { retries: 0 } });
      return () => source.queryRange({ query: 'up', start: 0, end: 1000, step: 1000 });
    },
  ],
  [
    'the Alertmanager receiver',
    (url, access) => {
      const { alertmanager } = receivers;
      const client = createHttpClient(prometheusOptions.parse({ url, ...access }));
      const receiver = alertmanager.create(alertmanager.options.parse({ url }), client);
      return () => receiver.deliver([notification]);
    },
  ],
  [
    'the webhook receiver',
    (url, access) => {
      const { webhook } = receivers;
      const client = createHttpClient(prometheusOptions.parse({ url, ...access }));
      const receiver = webhook.create(webhook.options.parse({ url }), client);
      return () => receiver.deliver([notification]);
    },
  ],
];

async function failureOf(ask: () => Promise<unknown>): Promise<Error & { retryable?: boolean }> {
  const error = await ask().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it was let in');
  return error;
}

describe.each(edges)('%s over TLS', (_name, edge) => {
  it('is let in with its certificate, and trusts only the authority that it is told', async () => {
    const { url, seen } = await demanding(forServer);
    await edge(url, { tls_config: { ca_file: house.ca_file, ...own } })();
    expect(seen.map(each => each.who)).toEqual(['foreshock']);
  });

  it.each<[string, () => Tls, RegExp]>([
    [
      'without a certificate',
      () => ({ ca_file: house.ca_file }),
      /closed the connection.*does it want a client certificate/,
    ],
    [
      'with a certificate of another authority',
      () => ({ ca_file: house.ca_file, ...stranger.issue('nobody') }),
      /closed the connection.*does it accept our client certificate/,
    ],
    ['when it does not know the authority', () => own, /not signed by an authority that we trust.*ca_file/],
    [
      'when it trusts another authority',
      () => ({ ca_file: stranger.ca_file, ...own }),
      /not signed by an authority that we trust.*ca_file/,
    ],
    [
      'when it expects another name',
      () => ({ ca_file: house.ca_file, server_name: 'other.example', ...own }),
      /is for another name than the one asked for.*server_name/,
    ],
    [
      'when a file is not there',
      () => ({ ca_file: join(folder, 'none.pem'), ...own }),
      /cannot read .*none\.pem/,
    ],
    [
      'when the key belongs to another certificate',
      () => ({ ca_file: house.ca_file, cert_file: own.cert_file, key_file: forServer.key_file }),
      /cannot use .*house-foreshock\.pem.*the key belongs to another certificate/,
    ],
  ])('%s fails, and says where and why but no secret', async (_case, tls, words) => {
    const { url, seen } = await demanding(forServer);
    const error = await failureOf(edge(url, { tls_config: tls(), authorization: { credentials: 't0ken' } }));
    expect(error).toMatchObject({ name: 'SourceError', retryable: true });
    expect(error.message).toContain(new URL(url).host);
    expect(error.message).toMatch(words);
    expect(error.message).not.toMatch(/t0ken|BEGIN|openssl/);
    expect(seen).toEqual([]);
  });

  it('goes by server_name where the address is another one, and may be told to check nothing', async () => {
    const { url, seen } = await demanding(house.issue('inside', { names: 'DNS:inside.example' }));
    const named = { ca_file: house.ca_file, server_name: 'inside.example', ...own };
    await edge(url, { tls_config: named })();
    await edge(url, { tls_config: { insecure_skip_verify: true, ...own } })();
    expect((await failureOf(edge(url, { tls_config: { ca_file: house.ca_file, ...own } }))).message).toMatch(
      /another name/,
    );
    expect(seen).toHaveLength(2);
  });

  it('refuses a server whose certificate has expired', async () => {
    const { url } = await demanding(house.issue('late', { names: 'IP:127.0.0.1', days: 0 }));
    const { message } = await failureOf(edge(url, { tls_config: { ca_file: house.ca_file, ...own } }));
    expect(message).toMatch(/certificate has expired/);
  });

  it('takes up a rotated certificate, and keeps the old one while the rotation is half done', async () => {
    const { url, seen } = await demanding(forServer);
    const used = { cert_file: join(folder, 'used.pem'), key_file: join(folder, 'used.key') };
    const put = (from: Certificate, parts: readonly (keyof Certificate)[]) => {
      for (const part of parts) copyFileSync(from[part], used[part]);
    };
    put(own, ['cert_file', 'key_file']);
    const ask = edge(url, { tls_config: { ca_file: house.ca_file, ...used } });
    await ask();
    const next = house.issue('foreshock-2');
    put(next, ['cert_file']);
    await ask();
    put(next, ['key_file']);
    await ask();
    expect(seen.map(each => each.who)).toEqual(['foreshock', 'foreshock', 'foreshock-2']);
  });

  it('takes up a rotated authority', async () => {
    const { url, seen } = await demanding(forServer);
    const ca_file = join(folder, 'trusted.pem');
    copyFileSync(stranger.ca_file, ca_file);
    const ask = edge(url, { tls_config: { ca_file, ...own } });
    await failureOf(ask);
    copyFileSync(house.ca_file, ca_file);
    await ask();
    expect(seen).toHaveLength(1);
  });

  it('reads the token and the password from their files for each request', async () => {
    const { url, seen } = await demanding(forServer);
    const secret = join(folder, 'secret');
    const tls_config = { ca_file: house.ca_file, ...own };
    const asks = [
      edge(url, { tls_config, authorization: { credentials_file: secret } }),
      edge(url, { tls_config, basic_auth: { username: 'ann', password_file: secret } }),
    ];
    for (const word of ['one\n', 'two']) {
      writeFileSync(secret, word);
      for (const ask of asks) await ask();
    }
    const basic = (password: string) => `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
    expect(seen.map(each => each.headers.authorization)).toEqual([
      'Bearer one',
      basic('one'),
      'Bearer two',
      basic('two'),
    ]);
  });

  it.each([
    ['is not there', undefined, /cannot read the secret file/],
    ['holds two lines', 'one\ntwo', /holds more than one line/],
  ])('a secret file that %s is told by its name, and asking again may help', async (_case, text, words) => {
    const { url } = await demanding(forServer);
    const file = join(folder, 'lost');
    if (text !== undefined) writeFileSync(file, text);
    const tls_config = { ca_file: house.ca_file, ...own };
    const error = await failureOf(edge(url, { tls_config, authorization: { credentials_file: file } }));
    expect(error).toMatchObject({ name: 'SourceError', retryable: true });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('two');
    rmSync(file, { force: true });
  });

  it('sends the headers of its config, such as a tenant', async () => {
    const { url, seen } = await demanding(forServer);
    const headers = { 'X-Scope-OrgID': 'team-a' };
    await edge(url, { headers, tls_config: { ca_file: house.ca_file, ...own } })();
    expect(seen[0]?.headers).toMatchObject({ 'x-scope-orgid': 'team-a' });
  });

  it('says it when the server speaks no TLS at all', async () => {
    const plain = (await import('node:http'))
      .createServer((_, response) => response.end())
      .listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const address = plain.address();
    const { message } = await failureOf(
      edge(`https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, {}),
    );
    plain.close();
    expect(message).toMatch(/does not speak TLS/);
  });
});

describe('headers of a config', () => {
  it.each([
    [{ Authorization: 'x' }, /cannot be set here/],
    [{ 'content-type': 'x' }, /cannot be set here/],
    [{ 'a b': 'x' }, /is no name/],
    [{ 'X-Tenant': 'a\r\nHost: b' }, /character that no header may/],
  ])('%j is refused', (headers, words) => {
    const read = prometheusOptions.safeParse({ url: 'http://x', headers });
    expect(read.error?.message).toMatch(words);
  });

  it('a password in the address is refused and not repeated', () => {
    const read = prometheusOptions.safeParse({ url: 'http://ann:hush@x' });
    expect(read.error?.message).toMatch(/must hold no user and password/);
    expect(read.error?.message).not.toContain('hush');
  });
});
