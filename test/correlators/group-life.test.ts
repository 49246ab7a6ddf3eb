import { describe, expect, it } from 'vitest';
import { createTeller } from '../../alerts/tell.ts';
import { correlatorFromBytes, createCorrelator } from '../../correlators/group.ts';
import { alert, at, linesOf, on, second, shop, T } from './shop-alerts.ts';

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
