import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import type { ServerState } from '../../server/model.ts';
import { createServer, parseAddress, type Server, type ServerDeps } from '../../server/server.ts';
import { checkoutIncident, stateOf } from './checkout-incident.ts';

let server: Server | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

function start(more: Partial<ServerDeps> & { state?: ServerState } = {}) {
  const logged: string[] = [];
  server = createServer({
    state: stateOf([checkoutIncident()]),
    registry: createMetrics().registry,
    routes: [],
    log: message => logged.push(message),
    ...more,
  });
  return { app: server.app, logged };
}

const echo: ServerDeps['routes'] = [
  {
    method: 'POST',
    path: '/webhook/alertmanager',
    handle: body => ({ status: 200, body }),
  },
];
const json = { 'content-type': 'application/json' };
const toWebhook = { method: 'POST', url: '/webhook/alertmanager' } as const;

describe('life cycle', () => {
  it('listens on loopback unless told otherwise, over real HTTP', async () => {
    start();
    const { url } = await server!.listen(':0');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/-/healthy`)).text()).toBe('foreshock is healthy.\n');
  });

  it('says why it is not ready', async () => {
    const health = () => ({ healthy: true, ready: false, reasons: ['prometheus did not answer yet'] });
    const { app } = start({ state: { ...stateOf([]), health } });
    const answer = await app.inject('/-/ready');
    expect([answer.statusCode, answer.body]).toEqual([
      503,
      'foreshock is not ready: prometheus did not answer yet\n',
    ]);
    expect((await app.inject('/-/healthy')).statusCode).toBe(200);
  });

  it('serves the runbook of each alert, and the list where there is none', async () => {
    const { app } = start();
    const page = await app.inject('/runbooks/ForeshockSourceDown');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.body).toContain('<h2>What it means</h2>');
    const none = await app.inject('/runbooks/..%2fREADME');
    expect([none.statusCode, none.body.includes('/runbooks/ForeshockIncident')]).toEqual([404, true]);
  });

  it('reloads by POST only and tells a failure', async () => {
    const { app } = start({
      reload: async () => ({ ok: false, message: 'foreshock.yaml:3:1: unknown key' }),
    });
    const answer = await app.inject({ method: 'POST', url: '/-/reload' });
    expect([answer.statusCode, answer.body]).toEqual([500, 'foreshock.yaml:3:1: unknown key\n']);
    expect((await app.inject('/-/reload')).statusCode).toBe(404);
  });

  it('is not reloaded by a page of another site', async () => {
    const reload = async () => ({ ok: true, message: 'reloaded' });
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await start({ reload }).app.inject({ method: 'POST', url: '/-/reload', headers });
    expect(answer.statusCode).toBe(403);
  });

  it('serves its own metrics', async () => {
    const { app } = start();
    expect((await app.inject('/metrics')).body).toMatch(/^foreshock_build_info\{version="/m);
  });

  it.each(['', 'localhost', '1.2.3.4:99999', 'a b:1', 'http://x:1'])('refuses the address %j', address => {
    expect(() => parseAddress(address)).toThrow(RangeError);
  });

  it('reads an IPv6 address', () => {
    expect(parseAddress('[::1]:9099')).toEqual({ host: '::1', port: 9099 });
  });
});

describe('mounted routes', () => {
  it('get the parsed body', async () => {
    const { app } = start({ routes: echo });
    const answer = await app.inject({ ...toWebhook, headers: json, payload: '{"alerts":[]}' });
    expect([answer.statusCode, answer.body]).toEqual([200, '{"alerts":[]}']);
  });

  it.each([
    ['a body over the limit', json, `"${'x'.repeat(200)}"`, 413],
    ['text that is no JSON', json, '{alerts', 400],
    ['an unknown content type', { 'content-type': 'text/xml' }, '<a/>', 415],
    ['a prototype in JSON', json, '{"__proto__":{"admin":true}}', 400],
  ])('answer %s with %4$s', async (_, headers, payload, status) => {
    const { app } = start({ routes: echo, bodyLimit: 100 });
    expect((await app.inject({ ...toWebhook, headers, payload })).statusCode).toBe(status);
  });

  it('survive JSON of 200,000 levels', async () => {
    const { app } = start({ routes: echo });
    const payload = '['.repeat(200_000) + ']'.repeat(200_000);
    const answer = await app.inject({ ...toWebhook, headers: json, payload });
    expect(answer.statusCode).toBeGreaterThanOrEqual(200);
    expect((await app.inject('/-/healthy')).statusCode).toBe(200);
  });

  it('hide an inner failure from the client and log it', async () => {
    const fail = () => Promise.reject(new Error('disk full at /var/lib'));
    const { app, logged } = start({ routes: [{ method: 'POST', path: '/x', handle: fail }] });
    const answer = await app.inject({ method: 'POST', url: '/x' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('disk full');
    expect(logged).toEqual(['POST /x failed']);
  });
});

describe('incidents', () => {
  it('are listed and found as JSON without sample columns', async () => {
    const { app } = start();
    const [first] = (await app.inject('/api/v1/incidents')).json().data;
    expect(first).toMatchObject({ notificationsIn: 14, incident: { id: 'checkout-1005' } });
    expect(Object.keys(first.signals[0])).toEqual(['entity', 'signal', 'unit', 'onset']);
    expect((await app.inject('/api/v1/incidents/none')).statusCode).toBe(404);
  });

  it('come on the page in the order in which they are read', async () => {
    const { app } = start();
    const { body } = await app.inject('/incidents/checkout-1005');
    const order = [
      '<h1>payment is slow',
      'Open its dashboard',
      'First suspect',
      'Will it get worse?',
      'What happened when',
      'The last errors in the logs',
      'Alerts and notifications',
      'Timeline, in UTC',
      'Other suspects',
      '3 alerts of',
    ];
    const places = order.map(part => body.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('are not sent again to a page that has them', async () => {
    let view = checkoutIncident();
    const { app } = start({ state: { ...stateOf([]), incidents: () => [view], incident: () => view } });
    for (const url of ['/', '/incidents', '/incidents/checkout-1005']) {
      const { headers } = await app.inject(url);
      const again = (tag: string) => app.inject({ url, headers: { 'if-none-match': tag } });
      const same = await again(String(headers.etag));
      expect([url, same.statusCode, same.body]).toEqual([url, 304, '']);
      view = { ...view, title: `${view.title}!` };
      expect((await again(String(headers.etag))).statusCode).toBe(200);
    }
  });

  it('show values from outside as text, never as markup or script links', async () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const view = checkoutIncident();
    const [member] = view.incident.members;
    const alert = { ...member!.alert, labels: { alertname: evil }, generatorURL: 'javascript:alert(1)' };
    const suspects = [{ entity: { service: evil }, signal: evil, score: 1, evidence: [evil] }];
    const incident = { ...view.incident, id: evil, suspects, members: [{ alert, reason: evil }] };
    const signals = view.signals.map(signal => ({ ...signal, entity: evil, unit: evil }));
    const state = stateOf([
      { ...view, incident, signals, title: evil, affected: [evil], dashboardPath: 'javascript:1' },
    ]);
    const { app } = start({ state });
    for (const url of ['/', `/incidents/${encodeURIComponent(evil)}`, '/incidents/%3Cimg%3E']) {
      const { body, headers } = await app.inject(url);
      expect(body).not.toMatch(/<img|javascript:/);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('of a storm show 100 alerts and where the rest is', async () => {
    const view = checkoutIncident();
    const members = Array.from({ length: 250 }, () => view.incident.members[0]!);
    const { app } = start({ state: stateOf([{ ...view, incident: { ...view.incident, members } }]) });
    const { body } = await app.inject('/incidents/checkout-1005');
    expect(body.split('<strong>LatencyHigh').length - 1).toBe(100);
    expect(body).toContain('And 150 more');
  });

  it('list what is unusual now, the surest first, with the share of false ones to be expected', async () => {
    const { body } = await start({ state: stateOf([]) }).app.inject('/');
    expect(body).toMatch(
      /checkout<\/strong>.*latency p95 1\.92 s, expected 20 to 80 ms.*expected false 0\.04 %/,
    );
    expect(body).toContain('And 11 more');
  });

  it('say in words that there is none', async () => {
    const { app } = start({
      state: stateOf([], { classes: [], sources: [], budget: undefined, unusual: { total: 0, rows: [] } }),
    });
    const { body } = await app.inject('/');
    expect(body).toContain('No open incident');
    expect(body).toContain('Nothing is watched yet');
    expect(body).toContain('No source is configured');
  });
});
