import { describe, expect, it } from 'vitest';
import { createTeller } from '../../alerts/tell.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';

function member(labels: Labels): Incident['members'][number] {
  const alert = { labels, annotations: {}, startsAt: 0, endsAt: undefined, generatorURL: '' };
  return { alert: { ...alert, fingerprint: fingerprint(labels) }, reason: 'near' };
}

const slow = member({ alertname: 'Slow', service: 'cart', severity: 'warning' });
const down = member({ alertname: 'Down', service: 'cart', severity: 'critical' });

function incident(more: Partial<Incident>): Incident {
  return {
    id: 'i1',
    startsAt: 0,
    endsAt: undefined,
    members: [slow],
    suspects: [],
    escalation: undefined,
    timeline: [],
    notifications: [{ at: 30, why: 'opened: 1 alert on cart' }],
    ...more,
  };
}

describe('an incident whose severity rises', () => {
  const teller = createTeller({ url: 'http://us' });
  const [opened] = teller.step(30, [incident({})]);
  const rise = { at: 60, why: 'severity rose: 2 alerts now' };
  const risen = incident({ members: [slow, down], notifications: [...incident({}).notifications, rise] });
  const [updated, ...rest] = teller.step(60, [risen]);

  it('stays the same alert: no label changes, the severity least of all', () => {
    expect(rest).toEqual([]);
    expect(updated?.alert.labels).toEqual(opened?.alert.labels);
    expect(updated?.alert.labels.severity).toBe('warning');
    expect(updated?.alert.fingerprint).toBe(opened?.alert.fingerprint);
  });

  it('tells receivers that this is no new page, and how grave it is now', () => {
    expect(opened?.alert.annotations).toMatchObject({ notification: 'opened', severity_now: 'warning' });
    expect(updated?.alert.annotations).toMatchObject({
      notification: 'updated',
      change: 'severity rose: 2 alerts now',
      severity_now: 'critical',
    });
    expect(updated?.key).not.toBe(opened?.key);
  });

  it('is forgotten once it is over and told', () => {
    const other = createTeller({ url: 'http://us' });
    const empty = other.toBytes().length;
    other.step(30, [incident({})]);
    const over = [...incident({}).notifications, { at: 90, why: 'resolved' }];
    expect(other.step(90, [incident({ endsAt: 80, notifications: over })])).toHaveLength(1);
    expect(other.step(105, [])).toEqual([]);
    expect(other.toBytes()).toHaveLength(empty);
  });

  it('says at its end that it is over', () => {
    const over = { at: 90, why: 'resolved: quiet for 180 s' };
    const [ended] = teller.step(90, [
      { ...risen, endsAt: 80, notifications: [...risen.notifications, over] },
    ]);
    expect(ended).toMatchObject({ status: 'resolved', alert: { endsAt: 80 } });
    expect(ended?.alert.annotations.notification).toBe('resolved');
    expect(ended?.alert.fingerprint).toBe(opened?.alert.fingerprint);
  });
});

describe('an incident that spreads', () => {
  const spread = member({ alertname: 'Slow', service: 'pay', severity: 'warning' });
  const wider = incident({ members: [slow, spread] });

  it('is the same alert with what it affects now, and no notification', () => {
    const teller = createTeller({ url: 'http://us' });
    const [opened] = teller.step(30, [incident({})]);
    expect(teller.step(45, [wider])).toEqual([]);
    const [now] = teller.current([wider]);
    expect(now).toMatchObject({ labels: opened!.alert.labels, fingerprint: opened!.alert.fingerprint });
    expect(now!.annotations).toMatchObject({ alerts: '2', affected: 'cart, pay' });
  });

  it('is nothing to anybody before it was told, and after its end', () => {
    const teller = createTeller({ url: 'http://us' });
    expect(teller.current([wider])).toEqual([]);
    teller.step(30, [wider]);
    expect(teller.current([{ ...wider, endsAt: 40 }])).toEqual([]);
  });

  it('stays as grave as it was told while somebody looks after it, but for the gravest', () => {
    const teller = createTeller({ url: 'http://us', lookedAfter: () => true });
    teller.step(30, [incident({})]);
    const failing = member({ alertname: 'Errors', service: 'cart', severity: 'error' });
    expect(teller.current([incident({ members: [slow, failing] })])).toEqual([]);
    expect(teller.current([incident({ members: [slow, down] })])).toHaveLength(1);
  });
});

it('an incident with odds tells them in words, with what raises them', () => {
  const spreads = { what: 'it spreads to twice as many services', p: 0.12, drivers: [] };
  const escalation = { p: 0.415, drivers: ['service cart: 40 % of such got worse'], chances: [spreads] };
  const [told] = createTeller({ url: 'http://us' }).step(30, [incident({ escalation })]);
  expect(told?.alert.annotations.escalation).toBe(
    'gets worse 42 %, it spreads to twice as many services 12 %; service cart: 40 % of such got worse',
  );
  const [silent] = createTeller({ url: 'http://us' }).step(30, [incident({ oddsUnknown: '12 incidents' })]);
  expect(silent?.alert.annotations).not.toHaveProperty('escalation');
});

describe('an incident that somebody looks after', () => {
  const failing = member({ alertname: 'Errors', service: 'cart', severity: 'error' });
  const steps = (risenBy: Incident['members'][number]) => {
    const { notifications } = incident({});
    const risen = [...notifications, { at: 60, why: 'severity rose' }];
    const over = [...risen, { at: 90, why: 'resolved' }];
    return [
      incident({}),
      incident({ members: [slow, risenBy], notifications: risen }),
      incident({ members: [slow, risenBy], notifications: over, endsAt: 80 }),
    ];
  };
  const toldOf = (all: readonly Incident[], lookedAfter: (id: string) => boolean) => {
    const teller = createTeller({ url: 'http://us', lookedAfter });
    return all.flatMap(each => teller.step(0, [each]).map(({ alert }) => alert.annotations.notification));
  };

  it('is not told again for a rise below critical, and its end is told', () => {
    expect(toldOf(steps(failing), id => id === 'i1')).toEqual(['opened', 'resolved']);
    expect(toldOf(steps(failing), () => false)).toEqual(['opened', 'updated', 'resolved']);
  });

  it('is told again when it becomes critical', () => {
    expect(toldOf(steps(down), () => true)).toEqual(['opened', 'updated', 'resolved']);
  });
});

describe('the summary of an incident', () => {
  const toldOf = (...members: Incident['members']) =>
    createTeller({ url: 'http://us' }).step(30, [incident({ members })])[0]!.alert.annotations;
  const full = {
    ...slow,
    alert: { ...slow.alert, annotations: { summary: 'disk of db is full on Friday; 9 of 10 GB. Act.' } },
  };

  it('is what its one alert says first', () => {
    expect(toldOf(full).summary).toBe('disk of db is full on Friday');
    expect(toldOf(slow).summary).toBe('1 alert on cart');
  });

  it('counts where there are several', () => {
    expect(toldOf(full, down).summary).toBe('2 alerts on cart');
  });

  it('names the resource that a suspect is about', () => {
    const labels = { alertname: 'ForeshockResourceFilling', instance: 'db', resource: 'disk' };
    const suspects = [{ entity: { instance: 'db' }, signal: labels.alertname, score: 1, evidence: [] }];
    const [told] = createTeller({ url: 'http://us' }).step(30, [
      incident({ members: [member(labels)], suspects }),
    ]);
    expect(told!.alert.annotations.suspect).toBe('db: disk fills up');
  });
});

describe('an incident with a resource that is full soon', () => {
  it('says in its description when, and what is to be done', () => {
    const labels = { alertname: 'ForeshockResourceFilling', generator: 'foreshock', resource: 'disk' };
    const summary = 'disk of db is full on 2026-06-02; remove old data.';
    const { alert, reason } = member(labels);
    const full = { alert: { ...alert, annotations: { summary } }, reason };
    const [told] = createTeller({ url: 'http://us' }).step(30, [incident({ members: [slow, full] })]);
    expect(told!.alert.annotations.description).toBe(`no suspect stands out; ${summary}`);
  });
});
