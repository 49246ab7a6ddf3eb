import { describe, expect, it } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { Topology } from '../../core/topology.ts';
import { type Correlator, createCorrelator } from '../../correlators/group.ts';
import { alert, at, linesOf, on, second, shop, T } from './shop-alerts.ts';

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
