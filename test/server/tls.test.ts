import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { webConfigSchema } from '../../server/web-config.ts';
import { stateOf } from './checkout-incident.ts';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const cert_file = join(folder, 'cert.pem');
const key_file = join(folder, 'key.pem');
let server: Server;

beforeAll(() => {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key_file, '-out', cert_file];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...names, ...files], { stdio: 'ignore' });
});
afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(client_auth_type: string): Promise<string> {
  const tls_server_config = { cert_file, key_file, client_ca_file: cert_file, client_auth_type };
  const webConfig = webConfigSchema.parse({ tls_server_config });
  const registry = createMetrics().registry;
  server = createServer({ state: stateOf([]), registry, routes: [], webConfig, log: () => {} });
  return (await server.listen('127.0.0.1:0')).url;
}

function status(url: string, client: { withCertificate: boolean }): Promise<number | undefined> {
  const ca = readFileSync(cert_file);
  const own = client.withCertificate ? { cert: ca, key: readFileSync(key_file) } : {};
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/-/healthy`, { ca, agent: false, ...own }, answer => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject).end();
  });
}

it('speaks TLS with the certificate of the file', async () => {
  const url = await listen('NoClientCert');
  expect(url).toMatch(/^https:/);
  expect(await status(url, { withCertificate: false })).toBe(200);
});

it('refuses a client without a certificate where one is required', async () => {
  const url = await listen('RequireAndVerifyClientCert');
  await expect(status(url, { withCertificate: false })).rejects.toThrow();
  expect(await status(url, { withCertificate: true })).toBe(200);
});

it('answers 403 without a certificate where any will do', async () => {
  const url = await listen('RequireAnyClientCert');
  expect(await status(url, { withCertificate: false })).toBe(403);
  expect(await status(url, { withCertificate: true })).toBe(200);
});
