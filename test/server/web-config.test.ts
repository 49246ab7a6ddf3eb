import { hashSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { createBasicAuth } from '../../server/basic-auth.ts';
import { admitsClient } from '../../server/client-certificate.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createRateLimit } from '../../server/rate-limit.ts';
import { createServer } from '../../server/server.ts';
import { webConfigSchema, withPaths } from '../../server/web-config.ts';
import { stateOf } from './checkout-incident.ts';

const hash = hashSync('correct horse', 4);
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function start(given: unknown) {
  const webConfig = webConfigSchema.parse(given);
  const registry = createMetrics().registry;
  return createServer({ state: stateOf([]), registry, routes: [], webConfig, log: () => {} }).app;
}

describe('web config', () => {
  it('resolves paths against its own folder', () => {
    const given = webConfigSchema.parse({ tls_server_config: { cert_file: 'a.pem', key_file: '/k.pem' } });
    const { tls_server_config } = withPaths(given, '/etc/foreshock/web.yml');
    expect(tls_server_config).toMatchObject({ cert_file: '/etc/foreshock/a.pem', key_file: '/k.pem' });
  });

  it('is that of a Prometheus exporter', () => {
    const given = {
      tls_server_config: {
        cert_file: 'server.crt',
        key_file: 'server.key',
        client_auth_type: 'RequireAndVerifyClientCert',
        client_ca_file: 'ca.crt',
        client_allowed_sans: ['prometheus.example'],
        min_version: 'TLS12',
        max_version: 'TLS13',
      },
      http_server_config: {
        http2: true,
        headers: { 'Strict-Transport-Security': 'max-age=31536000', 'X-Frame-Options': 'deny' },
      },
      rate_limit: { interval: '1s', burst: 20 },
      basic_auth_users: { ann: hash },
    };
    expect(webConfigSchema.parse(given)).toMatchObject({ rate_limit: { interval: 1000, burst: 20 } });
  });

  const tls = { cert_file: 'a', key_file: 'b' };
  it.each([
    [{ tls_server_config: { ...tls, min_version: 'TLS10' } }, /must be TLS12 or TLS13/],
    [
      { tls_server_config: { ...tls, min_version: 'TLS13', max_version: 'TLS12' } },
      /not be below min_version/,
    ],
    [{ tls_server_config: { ...tls, cipher_suites: ['x'] } }, /is not taken: the cipher suites/],
    [{ tls_server_config: { ...tls, curve_preferences: ['x'] } }, /is not taken/],
    [{ tls_server_config: { ...tls, client_auth_type: 'RequireAndVerifyClientCert' } }, /client_ca_file/],
    [{ tls_server_config: { ...tls, client_allowed_sans: ['a'] } }, /needs client_auth_type/],
    [{ tls_server_config: { cert_file: 'a' } }, /key_file/],
    [{ basic_auth_users: { ann: 'plain-password' } }, /must be a bcrypt hash/],
    [{ basic_auth_users: { ann: hash.replace('$04$', '$31$') } }, /cost of at most 15/],
    [{ http_server_config: { headers: { 'a b': 'x' } } }, /name of an HTTP header/],
    [{ http_server_config: { headers: { a: 'x\r\nSet-Cookie: y' } } }, /one line/],
    [{ rate_limit: { interval: 'soon' } }, /is not a duration/],
    [{ tls: {} }, /"tls"/],
  ])('%j is refused', (given, words) => {
    const { error } = webConfigSchema.safeParse(given);
    expect(error?.message).toMatch(words);
    expect(error?.message).not.toContain('plain-password');
  });

  it('admits clients by their certificate as the type says', () => {
    const of = (client_auth_type: string, client_allowed_sans: string[] = []) =>
      webConfigSchema.parse({
        tls_server_config: { ...tls, client_ca_file: 'c', client_auth_type, client_allowed_sans },
      });
    const bad = { given: true, authorized: false, names: [] };
    const none = { given: false, authorized: false, names: [] };
    const good = { given: true, authorized: true, names: ['a.example'] };
    expect(admitsClient(of('VerifyClientCertIfGiven'), bad)).toBe(false);
    expect(admitsClient(of('VerifyClientCertIfGiven'), none)).toBe(true);
    expect(admitsClient(of('RequireAnyClientCert'), bad)).toBe(true);
    expect(admitsClient(of('RequireAnyClientCert'), none)).toBe(false);
    expect(admitsClient(of('RequireAndVerifyClientCert', ['a.example']), good)).toBe(true);
    expect(admitsClient(of('RequireAndVerifyClientCert', ['b.example']), good)).toBe(false);
  });
});

describe('basic auth', () => {
  it('knows right from wrong, and again from what it keeps', async () => {
    const admits = createBasicAuth({ ann: hash })!;
    for (const password of ['correct horse', 'wrong', 'correct horse', 'wrong'])
      expect(await admits(basic('ann', password))).toBe(password === 'correct horse');
    expect(await admits(basic('bob', 'no such user'))).toBe(false);
    for (const header of [undefined, '', 'Basic', 'Bearer x', 'Basic !!!'])
      expect(await admits(header)).toBe(false);
  });

  it('answers many at once, each as it should be', async () => {
    const admits = createBasicAuth({ ann: hash })!;
    const words = ['wrong', 'correct horse', 'wronger', 'correct horse'];
    const answers = await Promise.all(words.map(word => admits(basic('ann', word))));
    expect(answers).toEqual([false, true, false, true]);
  });

  it('guards every path and sets the headers of the file', async () => {
    const app = start({
      basic_auth_users: { ann: hash },
      http_server_config: { headers: { 'x-frame-options': 'deny' } },
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

describe('rate limit', () => {
  it('lets a burst pass, then one an interval', () => {
    const passes = createRateLimit({ interval: 1000, burst: 2 })!;
    expect([0, 0, 0, 999, 1000, 1001, 3000, 3000, 3000].map(passes)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(createRateLimit({ interval: 0, burst: 1 })).toBeUndefined();
  });

  it('answers 429 beyond it', async () => {
    const app = start({ rate_limit: { interval: '1h', burst: 1 } });
    expect((await app.inject('/-/healthy')).statusCode).toBe(200);
    expect((await app.inject('/-/healthy')).statusCode).toBe(429);
  });
});
