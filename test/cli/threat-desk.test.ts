import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { severityOf } from '../../cli/threat-alerts.ts';
import { ThreatDesk } from '../../cli/threat-desk.ts';
import { threatFeed } from '../../config/threat-block.ts';
import type { Alert } from '../../core/alert.ts';
import type { Store } from '../../core/store.ts';
import { createMetrics } from '../../server/metrics.ts';
import { openStore } from '../../store/sqlite.ts';
import { createFeedServer, type FeedServer } from '../collectors/feed-server.ts';

const type = { 'content-type': 'application/taxii+json;version=2.1' };
const start = Date.parse('2026-11-30T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const indicator = (n: number, pattern: string, more: object = {}) => ({
  type: 'indicator',
  id: `indicator--${n}`,
  modified: '2026-11-30T11:00:00Z',
  pattern,
  pattern_type: 'stix',
  valid_from: '2026-11-30T11:00:00Z',
  ...more,
});

let folder: string;
let store: Store;
let server: FeedServer;
/** What the feed lists, and whether it answers. */
let listed: object[];
let isDown: boolean;
let now: number;
let alerts: Alert[];
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'threats-'));
  store = openStore(folder);
  [listed, isDown, now, alerts, said] = [[], false, start, [], []];
  server = await createFeedServer(({ path: where, query }) => {
    if (isDown) return { status: 500, body: '' };
    if (!where.endsWith('/objects/'))
      return { headers: type, body: where.endsWith('/collections/') ? { collections: [{ id: 'c' }] } : {} };
    const from = Number(query.get('next') ?? '0');
    const objects = listed.slice(from, from + 100);
    const more = from + 100 < listed.length;
    return { headers: type, body: { objects, ...(more ? { more, next: String(from + 100) } : {}) } };
  });
});
afterEach(async () => {
  store.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function desk(given: object = {}): ThreatDesk {
  const feed = threatFeed.parse({ name: 'partners', taxii: { url: `${server.url}/root` }, ...given });
  const log = {
    info: () => undefined,
    warn: (text: string) => said.push(text),
    error: (text: string) => said.push(text),
  };
  return new ThreatDesk({
    feeds: [feed],
    store,
    metrics: createMetrics(),
    log,
    clock: () => now,
    put: put => alerts.push(...put),
    url: 'http://foreshock.example/',
    externalLabels: { region: 'eu' },
  });
}

const line = (text: string, more: { t?: number; attributes?: Record<string, string> } = {}) => ({
  t: now,
  now,
  text,
  attributes: {},
  entity: { service: 'checkout' },
  ...more,
});
const poll = (one: ThreatDesk) => one.poll(new AbortController().signal);

describe('threat feeds and the lines of logs', () => {
  beforeEach(() => {
    listed = [
      indicator(1, "[ipv4-addr:value = '198.51.100.7' OR domain-name:value = 'evil.example']", {
        confidence: 90,
      }),
      indicator(2, "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"),
      indicator(3, "[ipv4-addr:value = '192.0.2.1']", { valid_until: '2026-11-30T12:30:00Z' }),
    ];
  });

  it('finds what a feed lists in messages and attributes, each feed and type once a line', async () => {
    const one = desk();
    await poll(one);
    expect(one.look(line('login from 198.51.100.7 and 198.51.100.7 via cdn.evil.example'))).toEqual([
      { feed: 'partners', type: 'ipv4', value: '198.51.100.7', confidence: 90 },
      { feed: 'partners', type: 'domain', value: 'evil.example', confidence: 90 },
    ]);
    expect(one.look(line('sent', { attributes: { 'source.ip': '203.0.113.9' } }))).toMatchObject([
      { confidence: 50 },
    ]);
    expect(one.look(line('login from 198.51.100.8'))).toEqual([]);
    expect(one.look(line('again 192.0.2.1')).length).toBe(1);
    now = start + hour;
    expect(one.look(line('again 192.0.2.1'))).toEqual([]);
  });

  it('tells each entity, feed, type and severity once, with a masked line, and its end when none came for long', async () => {
    const one = desk();
    await poll(one);
    for (const text of ['user ann@shop.example password=hush from 198.51.100.7', 'again from 198.51.100.7'])
      one.look(line(text));
    one.step(now);
    one.step(now + 15_000);
    expect(alerts.length).toBe(1);
    expect(alerts[0]).toMatchObject({
      labels: {
        alertname: 'ForeshockThreatMatch',
        service: 'checkout',
        feed: 'partners',
        severity: 'critical',
        region: 'eu',
      },
      annotations: {
        summary: 'checkout names 198.51.100.7, which the threat feed partners lists',
        log_examples: 'user <email> password=<secret> from 198.51.100.7',
        signal_kind: 'security_events',
      },
      endsAt: undefined,
    });
    one.step(now + 16 * minute);
    expect(alerts[1]).toMatchObject({ fingerprint: alerts[0]?.fingerprint, endsAt: now + 16 * minute });
  });

  it('goes on after a restart with what it knows, and tells nothing twice', async () => {
    const first = desk();
    await poll(first);
    first.look(line('from 198.51.100.7'));
    first.step(now);
    listed = [];
    isDown = true;
    const second = desk();
    second.look(line('from 198.51.100.7'));
    second.step(now + 15_000);
    expect(alerts.length).toBe(1);
    expect(second.look(line('to evil.example')).length).toBe(1);
  });

  it('counts the lines of a past that is read late, and tells nobody', async () => {
    const one = desk();
    listed = [indicator(1, "[ipv4-addr:value = '198.51.100.7']", { valid_from: '2026-11-01T00:00:00Z' })];
    await poll(one);
    expect(one.look(line('from 198.51.100.7', { t: now - 2 * hour })).length).toBe(1);
    one.step(now);
    expect(alerts).toEqual([]);
  });

  it('says of a hostile indicator only what a line holds in its one form', async () => {
    listed = [indicator(1, "[url:value = 'http://evil.example/<b>?q=\\'x\\'']")];
    const one = desk();
    await poll(one);
    one.look(line('GET http://evil.example/%3Cb%3E?q=%27x%27 "<script>"'));
    one.step(now);
    expect(alerts[0]?.annotations.summary).toBe(
      'checkout names http://evil.example/%3Cb%3E?q=%27x%27, which the threat feed partners lists',
    );
  });

  it('is as sure as the feed is', () => {
    expect([80, 79, 40, 39].map(severityOf)).toEqual(['critical', 'warning', 'warning', 'info']);
  });

  it('makes series of what a feed lists by type and age, and of what is new', async () => {
    const one = desk();
    await poll(one);
    const samples = one.step(now);
    const of = (name: string) =>
      samples
        .filter(({ labels, v }) => labels.__name__ === name && v > 0)
        .map(({ labels, v }) => [labels.type, labels.age, v]);
    expect(of('foreshock_threat_indicators')).toEqual([
      ['ipv4', '1d', 3],
      ['domain', '1d', 1],
    ]);
    expect(of('foreshock_threat_new_indicators')).toEqual([
      ['ipv4', undefined, 3],
      ['domain', undefined, 1],
    ]);
    now = start + hour;
    const later = one.step(now);
    expect(later.find(({ labels }) => labels.__name__ === 'foreshock_threat_expired_indicators')?.v).toBe(1);
  });

  it('leaves out what has too little confidence or none of the labels, and what had before', async () => {
    const one = desk({ min_confidence: 60 });
    await poll(one);
    expect(one.look(line('198.51.100.7 203.0.113.9')).map(({ value }) => value)).toEqual(['198.51.100.7']);
    listed = [
      indicator(1, "[ipv4-addr:value = '198.51.100.7']", {
        confidence: 10,
        modified: '2026-11-30T12:00:00Z',
      }),
    ];
    await poll(one);
    expect(one.look(line('198.51.100.7'))).toEqual([]);
  });
});

describe('the promise of a threat feed', () => {
  const stale = (one: ThreatDesk) => one.stale(now).map(({ since, why }) => [since, why]);

  it('is broken when no poll succeeds within its interval', async () => {
    const one = desk({ interval: '15m' });
    isDown = true;
    await poll(one);
    expect(stale(one)).toEqual([[undefined, '']]);
    now += 16 * minute;
    await poll(one);
    expect(stale(one)[0]?.[0]).toBe(start + 15 * minute);
    expect(stale(one)[0]?.[1]).toMatch(/it could not be read \(.* answered 500\)/);
    expect(said.length).toBe(1);
    isDown = false;
    listed = [indicator(1, "[ipv4-addr:value = '198.51.100.7']")];
    await poll(one);
    expect(stale(one)).toEqual([[undefined, '']]);
  });

  it('is broken when it is read and brings nothing new, also over a restart', async () => {
    const one = desk({ interval: '15m' });
    listed = [indicator(1, "[ipv4-addr:value = '198.51.100.7']")];
    await poll(one);
    now += 16 * minute;
    await poll(one);
    expect(stale(one)).toEqual([[start + 15 * minute, 'it brought nothing new']]);
    expect(stale(desk({ interval: '15m' }))).toEqual([[start + 15 * minute, 'it brought nothing new']]);
  });

  it('lets the oldest leave where there are more than it keeps, and says so once', async () => {
    const one = desk({ max_indicators: 150 });
    listed = Array.from({ length: 500 }, (_, n) => indicator(n, `[domain-name:value = 'a${n}.example']`));
    await poll(one);
    expect(one.look(line('to a499.example')).length).toBe(1);
    expect(one.look(line('to a0.example')).length).toBe(0);
    expect(said).toEqual([expect.stringContaining('more than max_indicators (150): the oldest leave')]);
  });

  it('counts what it cannot read, and says each kind once', async () => {
    const one = desk();
    listed = [
      ...[1, 2, 3].map(n => indicator(n, 'garbage\u0007')),
      indicator(4, "[ipv4-addr:value = '127.0.0.1']"),
      indicator(5, "[ipv4-addr:value = '0.0.0.0/0']"),
    ];
    await poll(one);
    expect(said.length).toBe(2);
    expect(said.join('\n')).toMatch(/invalid_pattern; more of it is only counted/);
    expect(one.look(line('127.0.0.1 9.9.9.9'))).toEqual([]);
  });
});
