import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditDesk } from '../../cli/audit-desk.ts';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import { regretLines } from '../../cli/noise-figures.ts';
import { RegretDesk } from '../../cli/regret-desk.ts';
import { fingerprint } from '../../core/labels.ts';
import { createCorrelator } from '../../correlators/group.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'regret-desk-'));
const start = Date.UTC(2026, 0, 5);
const minute = 60_000;
const hour = 60 * minute;
const options = { share: 0.1, least: 3, window: 90 * 24 * hour, outlives: 30 * minute };
const topology = { nodes: [], edges: [{ from: 'shop', to: 'payments' }] };
const rule = 'grouping: calls it';
let now = start;

function open() {
  const store = openStore(dir);
  const feedback = createFeedbackBook(store.values('feedback'));
  const metrics = createMetrics();
  const desk = new RegretDesk({
    options,
    store,
    feedback,
    audit: new AuditDesk(store, { enqueue: () => undefined }, () => now),
    metrics,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    clock: () => now,
    unreadable: part => expect.fail(part),
  });
  const actions = () => store.audit.after(0, 100).map(({ action, actor }) => `${action} by ${actor}`);
  return { store, feedback, metrics, desk, actions };
}

/** An incident in which the alert of a caller is put under the one that it calls, and split off by a person. */
function splitOnce({ desk, store, feedback }: ReturnType<typeof open>, at: number): void {
  now = at;
  const correlator = desk.watching(createCorrelator({ window: 2 * minute }));
  const pass = (t: number, services: readonly string[]) => {
    now = t;
    const alerts = services.map(service => {
      const labels = { alertname: 'Down', service, severity: 'critical' };
      return {
        labels,
        annotations: {},
        startsAt: t,
        endsAt: undefined,
        generatorURL: '',
        fingerprint: fingerprint(labels),
      };
    });
    const { incidents } = correlator.step({
      t,
      alerts,
      suppressed: [],
      anomalies: [],
      changes: [],
      topology,
    });
    store.transaction(() => desk.save());
    return incidents[0]!;
  };
  pass(at, ['payments']);
  const { id, members } = pass(at + 10_000, ['shop']);
  const alerts = [members[1]!.alert.fingerprint];
  feedback.add({ kind: 'split', incident: id, alerts, made: `${id}.1`, at: at + minute, by: 'ann' });
  pass(at + 2 * minute, []);
}

describe('regret over the life of a daemon', () => {
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is counted, told in the audit log, and switches the rule off; all of it stays over a restart', async () => {
    const first = open();
    for (const k of [0, 1, 2]) splitOnce(first, start + k * hour);
    expect(first.desk.isOff(rule)).toBe(true);
    expect(first.actions().slice(1)).toEqual([
      'suppression-regretted by foreshock',
      'suppression-regretted by foreshock',
      'suppression-regretted by foreshock',
      'rule-switched-off by foreshock',
    ]);
    const text = await first.metrics.registry.metrics();
    expect(text).toContain(`foreshock_regret_total{rule="${rule}"} 3`);
    expect(text).toContain(`foreshock_suppressions{rule="${rule}"} 3`);
    expect(text).toContain(`foreshock_rule_switched_off{rule="${rule}"} 1`);
    first.store.close();

    const again = open();
    expect(again.desk.isOff(rule)).toBe(true);
    expect(regretLines(again.desk.rules())).toEqual([
      `${rule}: held something back 3 times, wrong 3 times (100 %); switched off 2026-01-05 02:02:00 UTC`,
    ]);
    again.store.close();
  });

  it('is forgotten when a person switches the rule on again, over HTTP', async () => {
    const run = open();
    const server = createServer({
      state: {
        incidents: () => [],
        incident: () => undefined,
        watch: () => ({ classes: [], sources: [], budget: undefined, unusual: { total: 0, rows: [] } }),
        health: () => ({ healthy: true, ready: true, reasons: [] }),
      },
      registry: run.metrics.registry,
      routes: [],
      suppressions: run.desk,
      log: () => undefined,
    });
    const ask = async (url: string, payload?: object, headers = {}) => {
      const method = payload === undefined ? 'GET' : 'POST';
      const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) });
      return [answer.statusCode, answer.json()];
    };
    expect(await ask('/api/v1/suppressions')).toMatchObject([
      200,
      { data: [{ rule, held: 3, regretted: 3 }] },
    ]);
    expect(await ask('/api/v1/suppressions/on', { rule: 'none', by: 'ann' })).toMatchObject([404, {}]);
    expect(await ask('/api/v1/suppressions/on', { rule })).toMatchObject([400, { error: /^by: / }]);
    const other = { 'sec-fetch-site': 'cross-site' };
    expect(await ask('/api/v1/suppressions/on', { rule, by: 'ann' }, other)).toMatchObject([403, {}]);
    expect(run.desk.isOff(rule)).toBe(true);
    expect(await ask('/api/v1/suppressions/on', { rule, by: 'ann' })).toEqual([
      200,
      { status: 'success', data: { changed: true } },
    ]);
    expect(run.desk.isOff(rule)).toBe(false);
    expect(run.actions().at(-1)).toBe('rule-switched-on by ann');
    await server.close();
    run.store.close();
  });
});
