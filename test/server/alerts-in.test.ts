import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAlerts, parseWebhook, webhookRoutes } from '../../collectors/alertmanager-webhook.ts';
import type { Alert } from '../../core/alert.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer } from '../../server/server.ts';
import { stateOf } from './checkout-incident.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const json = { 'content-type': 'application/json' };

interface Taken {
  readonly alerts: readonly Alert[];
  readonly truncated: number;
  readonly ignored: number;
}

/** The server with the real routes; `taken` is what they let through. */
function start(bodyLimit = 100_000) {
  const taken: Taken[] = [];
  const routes = webhookRoutes({
    clock: () => now,
    take: (alerts, counts) => taken.push({ alerts, ...counts }),
  });
  const registry = createMetrics().registry;
  const { app } = createServer({ state: stateOf([]), registry, routes, bodyLimit, log: () => {} });
  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = json) =>
    app.inject({ method: 'POST', url, payload, headers });
  return { taken, post };
}

const alert = {
  status: 'firing',
  labels: { alertname: 'HighErrorRate', service: 'cart' },
  annotations: { summary: 'it fails' },
  startsAt: '2026-03-01T09:59:00.000000001Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'deadbeef',
};
const body = {
  receiver: 'foreshock',
  status: 'firing',
  alerts: [alert],
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager',
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
};

it('takes alerts as Prometheus posts them, which have no status', async () => {
  const { taken, post } = start();
  const { status: _, ...posted } = alert;
  expect((await post('/api/v2/alerts', JSON.stringify([posted]))).statusCode).toBe(200);
  expect(taken[0]?.alerts).toMatchObject([{ labels: alert.labels, endsAt: undefined }]);
});

describe('/webhook/alertmanager', () => {
  const path = '/webhook/alertmanager';

  it('takes what Alertmanager posts, with fields that we do not know', async () => {
    const { taken, post } = start();
    const newer = { ...body, notificationReason: 'x', alerts: [{ ...alert, silencedBy: [{ id: 1 }] }] };
    const answer = await post(path, JSON.stringify(newer));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'success', taken: 1, ignored: 0, truncated: 0 });
    expect(taken[0]?.alerts).toMatchObject([{ labels: alert.labels, startsAt: now - 60_000 }]);
  });

  it('says how many alerts were truncated and ignored', async () => {
    const { taken, post } = start();
    const ours = { ...alert, labels: { ...alert.labels, generator: 'foreshock' } };
    const storm = { ...body, truncatedAlerts: 37, alerts: [alert, ours] };
    expect((await post(path, JSON.stringify(storm))).json()).toMatchObject({ truncated: 37, ignored: 1 });
    expect(taken).toMatchObject([{ truncated: 37, ignored: 1 }]);
  });

  const times = (startsAt: unknown) => JSON.stringify({ ...body, alerts: [{ ...alert, startsAt }] });
  it.each([
    ['nothing', '', json, 400],
    ['half of JSON', JSON.stringify(body).slice(0, 50), json, 400],
    ['no JSON', 'alert!', json, 400],
    ['a list', '[]', json, 400],
    ['null', 'null', json, 400],
    ['another version', JSON.stringify({ ...body, version: '5' }), json, 400],
    ['no alerts', JSON.stringify({ ...body, alerts: undefined }), json, 400],
    ['a number for a label', JSON.stringify({ ...body, alerts: [{ labels: { a: 1 } }] }), json, 400],
    ['a time that is none', times('soon'), json, 400],
    ['a number for a time', times(5), json, 400],
    ['a prototype', '{"version":"4","alerts":[],"__proto__":{"x":1}}', json, 400],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['plain text', JSON.stringify(body), { 'content-type': 'text/plain' }, 400],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415],
    ['too much', JSON.stringify({ ...body, receiver: 'x'.repeat(200_000) }), json, 413],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), json, 400],
  ])('refuses %s for good, and takes nothing', async (_what, payload, headers, status) => {
    const { taken, post } = start();
    const answer = await post(path, payload, headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status: 'error', error: expect.any(String) });
    expect(taken).toEqual([]);
  });

  it('names a few of many mistakes', async () => {
    const { post } = start(10_000_000);
    const wrong = JSON.stringify({ ...body, alerts: Array.from({ length: 5000 }, () => 'x') });
    const { error } = (await post(path, wrong)).json();
    expect(error).toMatch(/alerts\.0: .*; and 4997 more$/);
    expect(error.length).toBeLessThan(1100);
  });
});

/** A value with one place of it, chosen by `steps`, replaced by `by`; the whole of it when there is no such place. */
function replaced(value: unknown, steps: readonly number[], by: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  if (keys.length === 0) return by;
  const key = keys[step % keys.length]!;
  const inner = replaced(Reflect.get(value, key), rest, by);
  return Array.isArray(value)
    ? value.map((item, i) => (String(i) === key ? inner : item))
    : { ...value, [key]: inner };
}

describe('any input', () => {
  const steps = fc.array(fc.nat(20), { maxLength: 4 });

  it('is taken whole and sane, or refused with a reason', () => {
    const check = (parse: typeof parseWebhook, input: unknown) => {
      const read = parse(input, now);
      if (!read.ok) return expect(read.message).not.toBe('');
      for (const { labels, startsAt, endsAt, fingerprint } of read.alerts) {
        expect(Object.keys(labels)).not.toHaveLength(0);
        expect(startsAt).toBeLessThanOrEqual(now);
        expect(Number.isFinite(startsAt)).toBe(true);
        if (endsAt !== undefined) expect(endsAt >= startsAt && endsAt <= now).toBe(true);
        expect(fingerprint).toMatch(/^\{.+\}$/);
      }
    };
    fc.assert(
      fc.property(steps, fc.jsonValue(), (path, by) => {
        check(parseWebhook, replaced(body, path, by));
        check(parseAlerts, replaced([alert, alert], path, by));
        check(parseWebhook, by);
        check(parseAlerts, by);
      }),
      { numRuns: 1000 },
    );
  });

  it('over HTTP is a 200 that took it or a 4xx that took nothing', async () => {
    const { taken, post } = start();
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
      fc.string().map(text => Buffer.from(text)),
      fc
        .tuple(steps, fc.jsonValue())
        .map(([path, by]) => Buffer.from(JSON.stringify(replaced(body, path, by)) ?? '')),
      fc.nat(400).map(cut => Buffer.from(JSON.stringify(body).slice(0, cut))),
    );
    const types = fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', '');
    const paths = fc.constantFrom('/webhook/alertmanager', '/api/v1/alerts', '/api/v2/alerts');
    await fc.assert(
      fc.asyncProperty(payloads, types, paths, async (payload, type, path) => {
        const before = taken.length;
        const { statusCode } = await post(path, payload, { 'content-type': type });
        if (statusCode === 200) expect(taken.length).toBe(before + 1);
        else {
          expect([400, 413, 415]).toContain(statusCode);
          expect(taken.length).toBe(before);
        }
      }),
      { numRuns: 300 },
    );
  });
});
