import { describe, expect, it } from 'vitest';
import { createTeller } from '../../alerts/tell.ts';
import type { Alert } from '../../core/alert.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Topology } from '../../core/topology.ts';
import { type Correlator, correlatorFromBytes, createCorrelator } from '../../correlators/group.ts';
import { correlateAlerts } from '../../correlators/replay.ts';

const second = 1000;
const T = Date.UTC(2026, 0, 1, 3);

function alert(labels: Labels, from: number, to?: number): Alert {
  return {
    labels,
    annotations: {},
    startsAt: T + from * second,
    endsAt: to === undefined ? undefined : T + to * second,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}

const on = (service: string, alertname = 'LatencyHigh', severity = 'warning') => ({
  alertname,
  service,
  severity,
});

const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'frontend', to: 'checkout' },
    { from: 'frontend', to: 'search' },
    { from: 'checkout', to: 'redis' },
    { from: 'search', to: 'index' },
    { from: 'redis', to: 'redis' },
    { from: 'index', to: 'search' },
  ],
};

const linesOf = (alerts: readonly Alert[], topology: Topology) => correlateAlerts(alerts, topology).lines;

function at(correlator: Correlator, seconds: number, alerts: readonly Alert[] = []) {
  const rest = { suppressed: [], anomalies: [], changes: [], topology: shop };
  return correlator.step({ t: T + seconds * second, alerts, ...rest });
}

describe('a storm over a chain of calls', () => {
  const storm = [
    alert(on('redis', 'MemHigh'), 0, 300),
    alert(on('checkout', 'ErrorRate', 'critical'), 20, 300),
    alert(on('frontend'), 40, 280),
  ];

  it('is one incident, with reasons in words and the callee as its cause', () => {
    const correlator = createCorrelator();
    at(correlator, 0, [{ ...storm[0]!, endsAt: undefined }]);
    at(correlator, 20, [{ ...storm[1]!, endsAt: undefined }]);
    const { incidents } = at(correlator, 40, [{ ...storm[2]!, endsAt: undefined }]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]!.members[1]!.reason).toBe('checkout calls redis, which failed 20 s earlier');
    expect(incidents[0]!.suspects[0]!.entity).toEqual({ service: 'redis' });
    expect(incidents[0]!.suspects[0]!.evidence.join('; ')).toContain('2 of the other 2 places');
  });

  it('calls people once, after the wait, and its end is in the file without a call', () => {
    const lines = linesOf(storm, shop);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.alerts).toEqual([0, 1, 2]);
    expect(lines[0]!.notifications.map(n => n.at)).toEqual(['2026-01-01T03:00:30.000Z']);
    expect(lines[0]!.endsAt).toBe('2026-01-01T03:05:00.000Z');
  });

  it('tells again when severity rises, not when it only grows', () => {
    const rising = [
      alert(on('redis'), 0, 300),
      alert(on('redis', 'CPU'), 60, 300),
      alert(on('redis', 'Down', 'critical'), 90, 300),
    ];
    expect(linesOf(rising, shop)[0]!.notifications.map(n => n.why.split(':')[0])).toEqual([
      'opened',
      'severity rose',
    ]);
  });

  it('gathers twice as long while nothing is critical, and no longer once something is', () => {
    const [line] = linesOf([alert(on('redis'), 0, 300)], shop);
    expect(line!.notifications[0]!.at).toBe('2026-01-01T03:01:00.000Z');
    const rising = [alert(on('redis'), 0, 300), alert(on('redis', 'Down', 'critical'), 40, 300)];
    expect(linesOf(rising, shop)[0]!.notifications.map(n => n.at)).toEqual(['2026-01-01T03:00:40.000Z']);
  });

  it('is the same whatever the order of the alerts in one step', () => {
    const [a, b] = [createCorrelator(), createCorrelator()];
    const firing = storm.map(one => ({ ...one, endsAt: undefined }));
    expect(at(a, 60, firing).incidents).toEqual(at(b, 60, [...firing].reverse()).incidents);
  });
});

describe('what stays apart', () => {
  it('does not let a caller that suffers keep an incident open for the next cause', () => {
    const alerts = [
      alert(on('redis'), 0, 60),
      alert(on('checkout'), 10, 60),
      alert(on('frontend'), 20, 600),
      alert(on('index'), 400, 600),
    ];
    expect(linesOf(alerts, shop).map(line => line.alerts)).toEqual([[0, 1, 2], [3]]);
  });

  it('keeps concurrent incidents on neighbouring branches apart', () => {
    const lines = linesOf([alert(on('redis'), 0, 200), alert(on('index'), 10, 200)], shop);
    expect(lines.map(line => line.alerts)).toEqual([[0], [1]]);
  });

  it('pages an alert that stands alone', () => {
    const lines = linesOf([alert(on('unknown'), 0, 60)], shop);
    expect(lines[0]!.notifications).toHaveLength(1);
  });

  it('lets a watchdog join nothing', () => {
    const lines = linesOf([alert(on('redis', 'Watchdog', 'none'), 0), alert(on('redis'), 5, 60)], shop);
    expect(lines.map(line => line.alerts)).toEqual([[1]]);
  });

  it('takes alerts without labels, each on its own', () => {
    expect(linesOf([alert({}, 0, 5), alert({ alertname: 'X' }, 0, 5)], shop)).toHaveLength(2);
  });
});

describe('alerts of one incident that begin far apart', () => {
  const on60s = (correlator: Correlator, firing: readonly Alert[]) => {
    for (const one of firing) at(correlator, (one.startsAt - T) / second, [one]);
    return at(correlator, 1200).incidents;
  };
  const dependency = (service: string, peer: string) => ({
    ...on(service, 'DependencyErrors'),
    peer_service: peer,
  });

  it('are one when each names the callee that still is in trouble, however late', () => {
    const [incident, ...others] = on60s(createCorrelator(), [
      alert(on('redis', 'RedisDown', 'critical'), 0),
      alert(dependency('checkout', 'redis'), 240),
      alert(dependency('frontend', 'checkout'), 480),
    ]);
    expect(others).toEqual([]);
    expect(incident?.members.map(member => member.reason).slice(1)).toEqual([
      'it is about calls from checkout to redis, in trouble for 4 min',
      'it is about calls from frontend to checkout, in trouble for 4 min',
    ]);
  });

  it('are one along a chain of one-minute rules without such words', () => {
    const chain = [
      alert(on('redis', 'RedisDown', 'critical'), 0),
      alert(on('checkout', 'ErrorRate', 'critical'), 120),
      alert(on('frontend'), 240),
    ];
    expect(on60s(createCorrelator(), chain)).toHaveLength(1);
  });

  it('are one when another caller has shown that the trouble spreads', () => {
    const fan: Topology = {
      nodes: [],
      edges: ['a', 'b'].map(from => ({ from, to: 'store' })),
    };
    const late = [
      alert(on('store', 'Down', 'critical'), 0, 900),
      alert(on('a'), 60, 900),
      alert(on('b'), 240, 900),
    ];
    expect(linesOf(late, fan).map(line => line.alerts)).toEqual([[0, 1, 2]]);
    const unseen = [late[0]!, late[2]!];
    expect(linesOf(unseen, fan).map(line => line.alerts)).toEqual([[0], [1]]);
  });

  it('are one when a caller suffers again from what is not over', () => {
    const again = [
      alert(on('redis', 'RedisDown', 'critical'), 0, 900),
      alert(on('checkout'), 60, 200),
      alert(on('checkout'), 420, 900),
    ];
    expect(linesOf(again, shop).map(line => line.alerts)).toEqual([[0, 1, 2]]);
  });

  it('stay apart when the late one is short of a resource of its own', () => {
    const own = [
      alert(on('redis', 'RedisDown', 'critical'), 0, 900),
      alert(on('checkout', 'ProcessHighCpu'), 240, 900),
    ];
    expect(linesOf(own, shop).map(line => line.alerts)).toEqual([[0], [1]]);
  });

  it('stay apart when the callee has recovered', () => {
    const over = [
      alert(on('redis', 'RedisDown', 'critical'), 0, 100),
      alert(dependency('checkout', 'redis'), 400, 900),
    ];
    expect(linesOf(over, shop).map(line => line.alerts)).toEqual([[0], [1]]);
  });
});

describe('the life of an incident', () => {
  it('is not opened by an alert that is over, nor reopened by a late resolve', () => {
    const correlator = createCorrelator();
    expect(at(correlator, 10, [alert(on('redis'), 0, 5)]).incidents).toEqual([]);
    at(correlator, 20, [alert(on('redis'), 20)]);
    at(correlator, 60, [alert(on('redis'), 20, 60)]);
    expect(at(correlator, 400).resolved).toHaveLength(1);
    expect(at(correlator, 410, [alert(on('redis'), 20, 60)]).incidents).toEqual([]);
  });

  it('folds flapping into one member', () => {
    const flapping = [0, 60, 120].map(s => alert(on('redis'), s, s + 30));
    const lines = linesOf(flapping, shop);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.alerts).toEqual([0, 1, 2]);
  });

  it('takes a caller of a caller in while the one between shows nothing yet', () => {
    const correlator = createCorrelator();
    at(correlator, 0, [alert(on('redis'), 0)]);
    const { incidents } = at(correlator, 5, [alert(on('frontend'), 5)]);
    expect(incidents.map(one => one.members.map(member => member.reason))).toEqual([
      [
        'it opened the incident: nothing near was in trouble',
        'frontend depends over 2 calls on redis, which failed 5 s earlier',
      ],
    ]);
  });

  it('merges two when the missing link between them fires', () => {
    const correlator = createCorrelator({ maxHops: 1 });
    at(correlator, 0, [alert(on('redis'), 0)]);
    at(correlator, 5, [alert(on('frontend'), 5)]);
    const { merged, incidents } = at(correlator, 10, [alert(on('checkout'), 10)]);
    expect(merged).toHaveLength(1);
    const away = incidents.find(one => one.id === merged[0]!.from);
    expect(away?.endsAt).toBe(T + 10 * second);
    expect(away?.notifications).toEqual([]);
    expect(incidents.find(one => one.id === merged[0]!.into)?.members).toHaveLength(3);
    expect(at(correlator, 11).incidents.map(one => one.id)).toEqual([merged[0]!.into]);
  });

  it('says good-bye to people who had been told of the one merged away', () => {
    const correlator = createCorrelator({ groupWait: 2500, maxHops: 1 });
    at(correlator, 0, [alert(on('redis'), 0)]);
    at(correlator, 1, [alert(on('frontend'), 1)]);
    at(correlator, 6);
    const teller = createTeller({ url: '' });
    teller.step(T, at(correlator, 7).incidents);
    const { merged, incidents } = at(correlator, 10, [alert(on('checkout'), 10)]);
    const told = teller.step(T + 10 * second, incidents);
    expect(told.map(one => [one.status, one.alert.labels.incident])).toEqual([['resolved', merged[0]!.from]]);
    const why = (id: string) => incidents.find(one => one.id === id)?.notifications.map(n => n.why);
    expect(why(merged[0]!.from)).toEqual(['opened: 1 alert on frontend', `merged into ${merged[0]!.into}`]);
    expect(why(merged[0]!.into)).toEqual(['opened: 1 alert on redis']);
  });

  it('keeps the one that people know of when two merge', () => {
    const correlator = createCorrelator({ maxHops: 1 });
    at(correlator, 0, [alert(on('redis'), 0)]);
    at(correlator, 5, [alert(on('frontend', 'Down', 'critical'), -60)]);
    const { merged, incidents } = at(correlator, 10, [alert(on('checkout'), 10)]);
    const into = incidents.find(one => one.id === merged[0]!.into);
    expect(into?.notifications.map(n => n.why)).toEqual(['opened: 1 alert on frontend']);
    expect(incidents.find(one => one.id === merged[0]!.from)?.notifications).toEqual([]);
  });

  it('counts an alert as over when its announced end has passed, unless it is sent again', () => {
    const correlator = createCorrelator({ resolveAfter: 60_000 });
    at(correlator, 0, [alert(on('redis'), 0, 100)]);
    at(correlator, 100, [alert(on('redis'), 0, 190)]);
    const held = at(correlator, 150);
    expect(held.incidents[0]!.members[0]!.alert.endsAt).toBeUndefined();
    expect(held.incidents[0]!.members[0]!.reason).not.toContain('flapping');
    expect(correlator.nextDue()).toBe(T + 190 * second);
    const over = correlatorFromBytes(correlator.toBytes(), { resolveAfter: 60_000 });
    expect(at(over, 200).incidents[0]!.members[0]!.alert.endsAt).toBe(T + 190 * second);
    const ended = at(over, 250);
    expect(ended.resolved).toHaveLength(1);
    expect(ended.incidents[0]!.endsAt).toBe(T + 190 * second);
  });

  it('ends after resolveAfter, longer than the window in which alerts join', () => {
    const correlator = createCorrelator({ window: 60_000, resolveAfter: 180_000 });
    at(correlator, 0, [alert(on('redis'), 0)]);
    at(correlator, 60, [alert(on('redis'), 0, 60)]);
    expect(at(correlator, 239).resolved).toEqual([]);
    expect(at(correlator, 240).incidents[0]!.notifications.map(n => n.why.split(':')[0])).toEqual([
      'opened',
      'resolved',
    ]);
  });

  it('folds what was held back into the incident near it, and opens none for it', () => {
    const correlator = createCorrelator();
    const held = (service: string) => ({ alert: alert(on(service), 5), by: 'inhibited by RedisDown' });
    at(correlator, 0, [alert(on('redis'), 0)]);
    const rest = { alerts: [], anomalies: [], changes: [], topology: shop };
    const step = { t: T + 5 * second, ...rest, suppressed: [held('checkout'), held('unknown')] };
    const { incidents } = correlator.step(step);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]!.members.map(member => member.reason)[1]).toBe(
      'held back: inhibited by RedisDown; checkout calls redis, which failed 5 s earlier',
    );
  });

  it('goes on after a restart as if nothing had happened', () => {
    const whole = createCorrelator();
    at(whole, 0, [alert(on('redis'), 0)]);
    const restarted = correlatorFromBytes(whole.toBytes());
    const next = [alert(on('checkout'), 40)];
    expect(at(restarted, 40, next)).toEqual(at(whole, 40, next));
    expect(() => correlatorFromBytes(new Uint8Array([1]))).toThrow(/not JSON/);
  });

  it('clamps an alert from the future to now', () => {
    const { incidents } = at(createCorrelator(), 0, [alert(on('redis'), 9999)]);
    expect(incidents[0]!.startsAt).toBe(T);
  });
});
