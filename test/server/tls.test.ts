import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { webConfigSchema } from '../../server/web-config.ts';
import { type Authority, type Certificate, createAuthority } from '../certificates.ts';
import { stateOf } from './checkout-incident.ts';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
let house: Authority;
let own: Certificate;
let client: Certificate;
let server: Server | undefined;

beforeAll(() => {
  house = createAuthority(folder, 'house');
  own = house.issue('server', { names: 'IP:127.0.0.1' });
  client = house.issue('client', { names: 'DNS:prometheus.example' });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(tls: Readonly<Record<string, unknown>>, more: object = {}): Promise<string> {
  const tls_server_config = { ...own, client_ca_file: house.ca_file, ...tls };
  const webConfig = webConfigSchema.parse({ tls_server_config, ...more });
  const registry = createMetrics().registry;
  server = createServer({ state: stateOf([]), registry, routes: [], webConfig, log: () => {} });
  return (await server.listen('127.0.0.1:0')).url;
}

const shown = ({ cert_file, key_file }: Certificate): ConnectionOptions => ({
  cert: readFileSync(cert_file),
  key: readFileSync(key_file),
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly protocol: string | null;
  readonly server: string;
}

/** One request on a connection of its own, over HTTP/1.1. */
function ask(url: string, how: ConnectionOptions & { authorization?: string } = {}): Promise<Answer> {
  const { authorization, ...tls } = how;
  const headers = authorization === undefined ? {} : { authorization };
  const options = { ca: readFileSync(house.ca_file), agent: false as const, headers, ...tls };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/-/healthy`, options, answer => {
      const { socket } = answer;
      if (!(socket instanceof TLSSocket)) return reject(new Error('no TLS'));
      const protocol = socket.getProtocol();
      const name = String(socket.getPeerCertificate().subject.CN);
      answer.resume();
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, protocol, server: name }),
      );
    });
    sent.on('error', reject).end();
  });
}

it('speaks TLS with the certificate of the file, to users with the right password', async () => {
  const users = { basic_auth_users: { ann: hashSync('correct horse', 4) } };
  const headers = { http_server_config: { headers: { 'Strict-Transport-Security': 'max-age=60' } } };
  const url = await listen({}, { ...users, ...headers });
  const basic = (password: string) => `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
  expect(url).toMatch(/^https:/);
  expect((await ask(url)).status).toBe(401);
  expect((await ask(url, { authorization: basic('wrong') })).status).toBe(401);
  const answer = await ask(url, { authorization: basic('correct horse') });
  expect(answer).toMatchObject({ status: 200, server: 'server' });
  expect(answer.headers['strict-transport-security']).toBe('max-age=60');
});

it.each([
  ['TLS12', 'TLSv1.2', true],
  ['TLS13', 'TLSv1.2', false],
  ['TLS13', 'TLSv1.3', true],
] as const)('with min_version %s a client of %s is let in: %s', async (min_version, version, admitted) => {
  const url = await listen({ min_version });
  const asked = ask(url, { maxVersion: version });
  if (admitted) expect((await asked).protocol).toBe(version);
  else await expect(asked).rejects.toThrow(/protocol version/i);
});

it('refuses a client without a certificate where one is required, and one of another authority', async () => {
  const url = await listen({ client_auth_type: 'RequireAndVerifyClientCert' });
  await expect(ask(url)).rejects.toThrow();
  await expect(ask(url, shown(createAuthority(folder, 'stranger').issue('x')))).rejects.toThrow();
  expect((await ask(url, shown(client))).status).toBe(200);
});

it('lets in only the names that are allowed', async () => {
  const client_auth_type = 'RequireAndVerifyClientCert';
  const url = await listen({ client_auth_type, client_allowed_sans: ['prometheus.example'] });
  expect((await ask(url, shown(client))).status).toBe(200);
  expect((await ask(url, shown(own))).status).toBe(403);
});

it('answers 403 without a certificate where any will do', async () => {
  const url = await listen({ client_auth_type: 'RequireAnyClientCert' });
  expect((await ask(url)).status).toBe(403);
  expect((await ask(url, shown(client))).status).toBe(200);
});

it('shows a certificate that was replaced with the next connection, and the old one until its key is there', async () => {
  const used = { cert_file: join(folder, 'used.pem'), key_file: join(folder, 'used.key') };
  const put = (from: Certificate, parts: readonly (keyof Certificate)[]) => {
    for (const part of parts) copyFileSync(from[part], used[part]);
  };
  put(own, ['cert_file', 'key_file']);
  const url = await listen(used);
  expect((await ask(url)).server).toBe('server');
  const next = house.issue('next', { names: 'IP:127.0.0.1' });
  put(next, ['cert_file']);
  expect((await ask(url)).server).toBe('server');
  put(next, ['key_file']);
  expect((await ask(url)).server).toBe('next');
});

/** The status of one request over HTTP/2; rejects where the server does not speak it. */
function askHttp2(url: string, tls: ConnectionOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const session = connect(url, { ca: readFileSync(house.ca_file), ...tls });
    session.on('error', reject);
    const stream = session.request({ ':path': '/-/healthy' });
    stream.on('error', reject);
    stream.on('response', headers => {
      stream.resume();
      stream.on('end', () => session.close(() => resolve(headers[':status'])));
    });
  });
}

it('speaks HTTP/2 beside HTTP/1.1, with the same guards, unless told not to', async () => {
  const url = await listen({ client_auth_type: 'RequireAnyClientCert' });
  expect(await askHttp2(url, shown(client))).toBe(200);
  expect(await askHttp2(url)).toBe(403);
  expect((await ask(url, shown(client))).status).toBe(200);
  await server?.close();
  const plain = await listen({}, { http_server_config: { http2: false } });
  await expect(askHttp2(plain)).rejects.toThrow();
  expect((await ask(plain)).status).toBe(200);
});
