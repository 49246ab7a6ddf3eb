import { describe, expect, it } from 'vitest';
import { createInhibit } from '../../alerts/inhibit.ts';
import type { Alert, Suppressed } from '../../core/alert.ts';
import type { Feedback } from '../../core/feedback.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import { createCorrelator } from '../../correlators/group.ts';
import { Regret, type RuleState } from '../../correlators/regret.ts';
import { type Folding, packFolding, unpackFolding } from '../../correlators/regret-foldings.ts';
import { groupingRule } from '../../correlators/regret-rules.ts';

const start = Date.UTC(2026, 0, 5);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const options = { share: 0.1, least: 3, window: 90 * 24 * hour, outlives: 30 * minute };
const topology = { nodes: [], edges: [{ from: 'shop', to: 'payments' }] };
const inhibition = {
  source_matchers: ['severity="critical"'],
  target_matchers: ['severity="warning"'],
  equal: [],
};
const inhibiting = 'inhibit: severity="critical" over severity="warning"';

const alert = (labels: Labels, startsAt: number, endsAt?: number): Alert => {
  return { labels, annotations: {}, startsAt, endsAt, generatorURL: '', fingerprint: fingerprint(labels) };
};
const down = (service: string, at: number, end?: number) =>
  alert({ alertname: 'Down', service, severity: 'critical' }, at, end);
const slow = (service: string, at: number, end?: number) =>
  alert({ alertname: 'Slow', service, severity: 'warning' }, at, end);

/** A daemon's stages as far as they hold back: an inhibit rule, the correlator and the measure of regret. */
function stages(kept: readonly Folding[] = [], states: readonly RuleState[] = []) {
  const regret = new Regret(options, kept, states);
  const hold = createInhibit([inhibition], { isOff: regret.isOff });
  const isOff = (kind: Parameters<typeof groupingRule>[0]) => regret.isOff(groupingRule(kind) ?? '');
  const correlator = createCorrelator({ window: 2 * minute, groupWait: 30 * second, isOff });
  const said: Feedback[] = [];
  let records: readonly Feedback[] = [];
  /** A pass at `t` that gets these alerts; answers its incidents and what was held back. */
  const pass = (t: number, alerts: readonly Alert[] = []) => {
    const { passed, held } = hold(t, alerts);
    const input = { t, alerts: passed, suppressed: held, anomalies: [], changes: [], topology };
    const result = correlator.step(input);
    regret.step({ input, result }, records);
    return { incidents: result.incidents, held };
  };
  const say = (record: Feedback) => {
    said.push(record);
    records = [...said];
  };
  const of = (rule: string, t: number) => regret.rules(t).find(each => each.rule === rule);
  return { regret, pass, say, of };
}

/** An incident of two services that call one another, the second of which a person splits off. */
function splitOnce({ pass, say }: ReturnType<typeof stages>, at: number): void {
  pass(at, [down('payments', at)]);
  const { incidents } = pass(at + 15 * second, [down('shop', at + 15 * second)]);
  const [incident] = incidents.filter(({ endsAt }) => endsAt === undefined);
  const shop = incident!.members.find(member => member.alert.labels.service === 'shop');
  if (shop !== undefined && incident!.members.length > 1)
    say({
      kind: 'split',
      incident: incident!.id,
      alerts: [shop.alert.fingerprint],
      made: `${incident!.id}.1`,
      at: at + minute,
      by: 'ann',
    });
  pass(at + 2 * minute, [down('payments', at, at + 2 * minute), down('shop', at, at + 2 * minute)]);
  pass(at + 20 * minute);
}

describe('regret', () => {
  it('is an alert that a person split out, of the reason for which it was grouped', () => {
    const run = stages();
    splitOnce(run, start);
    expect(run.of('grouping: calls it', start + hour)).toMatchObject({ held: 1, regretted: 1 });
    const { regretted } = run.regret.takeNews();
    expect(regretted).toEqual([
      {
        rule: 'grouping: calls it',
        at: start + minute,
        incident: expect.any(String),
        why: expect.stringMatching(/^ann split 1 alert that it had put there off incident /),
      },
    ]);
  });

  it('is what was hidden, when a person acts on it after it was let through', () => {
    const run = stages();
    run.pass(start, [down('mail', start)]);
    run.pass(start + minute, [slow('printer', start + minute)]);
    expect(run.of(inhibiting, start + hour)).toMatchObject({ held: 1, regretted: 0 });
    const { incidents } = run.pass(start + hour, [down('mail', start, start + hour)]);
    const found = incidents.find(({ members }) => members[0]!.alert.labels.service === 'printer')!;
    run.say({ kind: 'ack', incident: found.id, at: start + 2 * hour, by: 'ann' });
    run.pass(start + 2 * hour);
    expect(run.of(inhibiting, start + 2 * hour)).toMatchObject({ held: 1, regretted: 1 });
    expect(run.regret.takeNews().regretted[0]!.why).toMatch(/^ann acted on incident .*had hidden$/);
  });

  it('is no regret, when the person says that it was none', () => {
    const run = stages();
    run.pass(start, [down('mail', start)]);
    run.pass(start + minute, [slow('printer', start + minute)]);
    const { incidents } = run.pass(start + hour, [down('mail', start, start + hour)]);
    for (const { id } of incidents)
      run.say({ kind: 'reject', incident: id, at: start + 2 * hour, by: 'ann' });
    run.pass(start + 2 * hour);
    expect(run.of(inhibiting, start + 2 * hour)).toMatchObject({ regretted: 0 });
  });

  it('is what a threshold held back that rejected incidents had raised, where a person then acts on it', () => {
    const run = stages();
    const entity = { service: 'cart', instance: 'a' };
    run.regret.heldByBudget(entity);
    run.regret.heldByBudget({ service: 'other' });
    run.pass(start);
    const labels = { ...entity, alertname: 'ForeshockAnomaly', generator: 'foreshock', severity: 'critical' };
    const { incidents } = run.pass(start + 10 * minute, [alert(labels, start + 10 * minute)]);
    run.say({ kind: 'confirm', incident: incidents[0]!.id, at: start + 20 * minute, by: 'ann' });
    run.pass(start + 21 * minute);
    expect(run.of('budget: rejected incidents', start + hour)).toMatchObject({ held: 2, regretted: 1 });
  });

  it('is what fires on long after the rest of the incident that it was put under had ended', () => {
    const run = stages();
    const held: Suppressed = { alert: slow('payments', start + second), by: 'muted: override of everything' };
    const see = (t: number, alerts: readonly Alert[]) => {
      const input = { t, alerts, suppressed: [held], anomalies: [], changes: [], topology };
      const result = watched.step(input);
      run.regret.step({ input, result }, []);
    };
    const watched = createCorrelator({ window: 2 * minute });
    see(start, [down('payments', start)]);
    see(start + 10 * minute, [down('payments', start, start + 10 * minute)]);
    see(start + 35 * minute, []);
    expect(run.of(held.by, start + hour)).toMatchObject({ held: 1, regretted: 0 });
    see(start + 41 * minute, []);
    expect(run.of(held.by, start + hour)).toMatchObject({ held: 1, regretted: 1 });
    see(start + 50 * minute, []);
    expect(run.regret.takeNews().regretted.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^what it held back fires on 31 min after the rest of incident/),
    ]);
  });
});

describe('a rule that earns regret', () => {
  it('is switched off beyond the bound: what it would have put together is told apart', () => {
    const run = stages();
    for (const k of [0, 1]) splitOnce(run, start + k * hour);
    expect(run.regret.isOff('grouping: calls it')).toBe(false);
    splitOnce(run, start + 2 * hour);
    expect(run.regret.isOff('grouping: calls it')).toBe(true);
    expect(run.regret.takeNews().switched).toEqual([
      {
        rule: 'grouping: calls it',
        at: expect.any(Number),
        off: true,
        by: undefined,
        why: '3 of the 3 times that it held something back were wrong',
      },
    ]);
    const t = start + 5 * hour;
    run.pass(t, [down('payments', t)]);
    const { incidents } = run.pass(t + 15 * second, [down('shop', t + 15 * second)]);
    expect(incidents.filter(({ endsAt }) => endsAt === undefined)).toHaveLength(2);
  });

  it('stays on where it was right far more often', () => {
    const run = stages();
    for (let k = 0; k < 60; k++) {
      const at = start + k * hour;
      if (k % 20 === 0) splitOnce(run, at);
      else {
        run.pass(at, [down('payments', at)]);
        run.pass(at + 15 * second, [down('shop', at + 15 * second)]);
        const end = at + 2 * minute;
        run.pass(end, [down('payments', at, end), down('shop', at + 15 * second, end)]);
        run.pass(at + 20 * minute);
      }
    }
    expect(run.of('grouping: calls it', start + 60 * hour)).toMatchObject({ held: 60, regretted: 3 });
    expect(run.regret.isOff('grouping: calls it')).toBe(false);
  });

  it('stays off over a restart, and counts anew when a person has switched it on', () => {
    const first = stages();
    for (const k of [0, 1, 2]) splitOnce(first, start + k * hour);
    const kept = first.regret.foldings.all().map(each => unpackFolding(packFolding(each)));
    const again = stages(kept, first.regret.states());
    const t = start + 5 * hour;
    expect(again.of('grouping: calls it', t)).toMatchObject({ held: 3, regretted: 3 });
    expect(again.regret.isOff('grouping: calls it')).toBe(true);
    expect(again.regret.set('grouping: calls it', { off: false, at: t, by: 'ann' })).toBe(true);
    expect(again.regret.set('grouping: calls it', { off: false, at: t, by: 'ann' })).toBe(false);
    again.pass(t + minute);
    expect(again.regret.isOff('grouping: calls it')).toBe(false);
    expect(again.of('grouping: calls it', t)).toBeUndefined();
  });

  it('lets through what an inhibit rule holds back, once it is off', () => {
    const run = stages();
    const t = start;
    run.pass(t, [down('mail', t)]);
    expect(run.pass(t + minute, [slow('printer', t)]).held).toHaveLength(1);
    run.regret.set(inhibiting, { off: true, at: t + 2 * minute, by: 'ann' });
    const { held, incidents } = run.pass(t + 3 * minute);
    expect(held).toEqual([]);
    expect(incidents.flatMap(({ members }) => members).map(each => each.alert.labels.service)).toContain(
      'printer',
    );
  });
});
