import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditDesk } from '../../cli/audit-desk.ts';
import { EscalationDesk } from '../../cli/escalation-desk.ts';
import { createOutlookFitter } from '../../cli/escalation-fit.ts';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import { createIncidentStore } from '../../cli/incident-store.ts';
import type { Incident } from '../../core/incident.ts';
import type { CorrelateStage } from '../../core/pipeline.ts';
import { createMetrics } from '../../server/metrics.ts';
import { openStore } from '../../store/sqlite.ts';
import { hour, incidentAt, type Life, lives, minute } from '../correlators/incident-life.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'escalation-desk-'));
const entry = pathToFileURL(path.resolve(import.meta.dirname, '../../dist/cli/escalation-worker.js'));
const objectives = { info: 72 * hour, warning: 8 * hour, error: 4 * hour, critical: 4 * hour };
const all = lives(260, 3);
const [past, next] = [all.slice(0, 250), all[250]!];

/** A run of the desk over the store of this test; what it said, and what it could not read. */
function start() {
  const store = openStore(dir);
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line), warn: () => 0, error: () => 0, debug: () => 0 };
  const feedback = createFeedbackBook(store.values('feedback'));
  const incidents = createIncidentStore(store.values('incidents'));
  const metrics = createMetrics();
  const desk = new EscalationDesk({
    objectives,
    store,
    incidents: () => incidents.read(),
    feedback,
    fitter: createOutlookFitter(entry),
    audit: new AuditDesk(store, { enqueue: () => undefined }, () => next.at),
    metrics,
    log,
    unreadable: part => lines.push(`unreadable: ${part}`),
  });
  /** A pass at `t` that sees these incidents. */
  const pass = (t: number, seen: readonly Incident[]): readonly Incident[] => {
    const stage: CorrelateStage = { step: () => ({ incidents: seen }) };
    const topology = { nodes: [], edges: [] };
    const input = { t, alerts: [], suppressed: [], anomalies: [], changes: [], topology };
    const { incidents: told } = desk.telling(stage).step(input);
    store.transaction(() => {
      incidents.keep(told);
      desk.save();
    });
    return told;
  };
  const stop = async () => {
    await desk.close();
    store.close();
  };
  return { desk, pass, stop, store, feedback, metrics, lines };
}

const through = (life: Life) => [minute, life.spreads, life.rises, life.lasts].filter(at => at !== undefined);
const told = (run: ReturnType<typeof start>) =>
  run.pass(next.at + minute, [incidentAt(next, next.at + minute)])[0]!;

describe('the odds of incidents over the life of a daemon', () => {
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('are learned in a thread from the incidents of its store, and are the same after a restart', async () => {
    const first = start();
    for (const life of past.slice(0, 12))
      for (const after of through(life)) first.pass(life.at + after, [incidentAt(life, life.at + after)]);
    expect(told(first).oddsUnknown).toBe('12 incidents known, 200 needed');
    first.desk.tend(next.at);
    await first.stop();

    const second = start();
    for (const life of past.slice(12))
      for (const after of through(life)) second.pass(life.at + after, [incidentAt(life, life.at + after)]);
    expect(told(second).oddsUnknown).toBe('its odds are being learned');
    second.desk.tend(next.at);
    await second.desk.settled();
    const { escalation } = told(second);
    expect(escalation?.chances).toHaveLength(3);
    expect(second.lines.at(-1)).toMatch(/were learned from 250 incidents; AUC: worse 0\.[6-9]/);
    expect(second.store.audit.after(0, 10).map(({ action }) => action)).toContain('escalation-learned');
    expect(await second.metrics.registry.metrics()).toMatch(/foreshock_escalation_incidents_known 250/);
    await second.stop();

    const third = start();
    expect(told(third).escalation).toEqual(escalation);
    third.desk.tend(next.at + hour);
    await third.stop();
    expect(third.lines).toEqual([]);
  });

  it('begin with the incidents of an older store, and go on without what cannot be read', async () => {
    const run = start();
    for (const [key] of run.store.values('cases').entries()) run.store.values('cases').delete(key);
    await run.stop();
    const again = start();
    expect(again.store.values('cases').entries().length).toBe(250);
    again.store.values('cases').set('life-3', new TextEncoder().encode('{broken'));
    again.store.values('escalation').set('model', new TextEncoder().encode('{}'));
    await again.stop();
    const last = start();
    expect(last.lines).toEqual(['unreadable: the life of incident life-3', 'unreadable: odds of escalation']);
    expect(told(last).oddsUnknown).toBe('its odds are being learned');
    await last.stop();
  });

  it('leave all else that a pass came to as it is', async () => {
    const run = start();
    const wanted = [{ incident: 'i1', names: ['cart'], start: 0, end: 1 }];
    const stage: CorrelateStage = { step: () => ({ incidents: [], wanted }) };
    const input = { t: 0, alerts: [], suppressed: [], anomalies: [], changes: [] };
    const topology = { nodes: [], edges: [] };
    expect(run.desk.telling(stage).step({ ...input, topology })).toEqual({ incidents: [], wanted });
    await run.stop();
  });

  it('take up what people say of incidents that are over', async () => {
    const run = start();
    const { id, at, lasts } = past[20]!;
    run.feedback.add({ kind: 'reject', incident: id, at: at + lasts + hour, by: 'ann' });
    run.pass(at + lasts + 2 * hour, []);
    await run.stop();
    const after = start();
    const kept = new TextDecoder().decode(after.store.values('cases').get(id));
    await after.stop();
    expect(kept).toContain('"verdict":"rejected"');
  });
});
