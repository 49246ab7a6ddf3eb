import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import { createServer } from '../../server/server.ts';
import { admitsClient, createBasicAuth, readWebConfig, webConfigSchema } from '../../server/web-config.ts';
import { stateOf } from './checkout-incident.ts';

const folder = mkdtempSync(join(tmpdir(), 'web-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hash = hashSync('correct horse', 4);
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function read(config: unknown) {
  const file = join(folder, 'web.yml');
  writeFileSync(file, JSON.stringify(config));
  return readWebConfig(file, text => JSON.parse(text));
}

describe('web config file', () => {
  it('resolves paths against its own folder', () => {
    const { tls_server_config } = read({ tls_server_config: { cert_file: 'a.pem', key_file: '/k.pem' } });
    expect(tls_server_config).toMatchObject({ cert_file: join(folder, 'a.pem'), key_file: '/k.pem' });
  });

  it('names every wrong field and repeats no secret', () => {
    const wrong = {
      basic_auth_users: { ann: 'plain-password' },
      tls: {},
      http_server_config: { http2: true },
    };
    const message = (() => {
      try {
        read(wrong);
        return '';
      } catch (error) {
        return String(error);
      }
    })();
    expect(message).toContain('basic_auth_users.ann: must be a bcrypt hash');
    expect(message).toContain('"tls"');
    expect(message).toContain('"http2"');
    expect(message).not.toContain('plain-password');
  });

  it('wants a CA when it verifies clients', () => {
    const tls = { cert_file: 'a', key_file: 'b', client_auth_type: 'RequireAndVerifyClientCert' };
    expect(() => read({ tls_server_config: tls })).toThrow(/client_ca_file/);
  });

  it('says that the file is missing', () => {
    expect(() => readWebConfig(join(folder, 'none.yml'), JSON.parse)).toThrow(/ENOENT/);
  });

  it('admits clients by their certificate as the type says', () => {
    const of = (client_auth_type: string) =>
      webConfigSchema.parse({
        tls_server_config: { cert_file: 'a', key_file: 'b', client_ca_file: 'c', client_auth_type },
      });
    const bad = { given: true, authorized: false };
    const none = { given: false, authorized: false };
    expect(admitsClient(of('VerifyClientCertIfGiven'), bad)).toBe(false);
    expect(admitsClient(of('VerifyClientCertIfGiven'), none)).toBe(true);
    expect(admitsClient(of('RequireAnyClientCert'), bad)).toBe(true);
    expect(admitsClient(of('RequireAnyClientCert'), none)).toBe(false);
  });
});

describe('basic auth', () => {
  it('knows right from wrong, and again from its cache', async () => {
    const admits = createBasicAuth({ ann: hash })!;
    for (const password of ['correct horse', 'wrong', 'correct horse', 'wrong'])
      expect(await admits(basic('ann', password))).toBe(password === 'correct horse');
    expect(await admits(basic('bob', 'no such user'))).toBe(false);
    for (const header of [undefined, '', 'Basic', 'Bearer x', 'Basic !!!'])
      expect(await admits(header)).toBe(false);
  });

  it('guards every path and sets the headers of the file', async () => {
    const webConfig = webConfigSchema.parse({
      basic_auth_users: { ann: hash },
      http_server_config: { headers: { 'x-frame-options': 'deny' } },
    });
    const state = stateOf([]);
    const { app } = createServer({
      state,
      registry: createMetrics().registry,
      routes: [],
      webConfig,
      log: () => {},
    });
    for (const url of ['/', '/metrics', '/-/healthy', '/api/v1/incidents', '/none']) {
      const refused = await app.inject(url);
      expect([url, refused.statusCode]).toEqual([url, 401]);
      expect(refused.headers['www-authenticate']).toContain('Basic');
    }
    const answer = await app.inject({
      url: '/metrics',
      headers: { authorization: basic('ann', 'correct horse') },
    });
    expect([answer.statusCode, answer.headers['x-frame-options']]).toEqual([200, 'deny']);
  });
});
