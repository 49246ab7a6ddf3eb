import { describe, expect, it } from 'vitest';
import { eventOf, type LogEvent, outcomeOf } from '../../core/log-event.ts';
import { fieldsOf } from '../../core/log-fields.ts';
import { EventSignals } from '../../detectors/log-events.ts';

const step = 15_000;
const start = Date.UTC(2026, 0, 1);
const entity = { topic: 'security_events' };
const login = { action: 'login', outcome: 'success', user: 'bob', source: '10.0.0.1' } as const;

describe('an event is read of a structured record', () => {
  const records: readonly (readonly [Record<string, unknown>, LogEvent])[] = [
    [
      {
        event: { action: 'user-login', outcome: 'failure' },
        user: { name: 'bob' },
        source: { ip: '10.0.0.1' },
      },
      { action: 'user-login', outcome: 'failure', user: 'bob', source: '10.0.0.1' },
    ],
    [
      {
        eventName: 'DeleteBucket',
        errorCode: 'AccessDenied',
        userIdentity: { userName: 'bob' },
        sourceIPAddress: '10.0.0.1',
      },
      { action: 'DeleteBucket', outcome: 'denied', user: 'bob', source: '10.0.0.1' },
    ],
    [
      { action: 'login', status: 401, username: 'bob', client_ip: '10.0.0.1' },
      { action: 'login', outcome: 'denied', user: 'bob', source: '10.0.0.1' },
    ],
    [{ text: 'hello' }, { action: 'unknown', outcome: 'unknown', user: undefined, source: undefined }],
  ];
  for (const [record, event] of records)
    it(JSON.stringify(record).slice(0, 80), () =>
      expect(eventOf(fieldsOf(record).attributes)).toEqual(event),
    );

  it('whatever words it has for the outcome', () => {
    const of = (words: string) => [...new Set(words.split(' ').map(outcomeOf))];
    expect(of('success Succeeded OK allowed granted true 200')).toEqual(['success']);
    expect(of('failure FAILED error false invalid_password 500')).toEqual(['failure']);
    expect(of('denied Deny blocked rejected forbidden unauthorized 403')).toEqual(['denied']);
    expect([outcomeOf('purple'), outcomeOf(undefined)]).toEqual(['unknown', 'unknown']);
  });
});

describe('events are counted', () => {
  it('by topic, action and outcome, with the users and sources of a step', () => {
    const signals = new EventSignals();
    signals.add({ t: start + 1, entity, ...login });
    signals.add({ t: start + 2, entity, ...login, outcome: 'failure', user: 'eve' });
    signals.add({ t: start + 3, entity, ...login, outcome: 'failure', user: 'eve', source: '10.0.0.2' });
    signals.add({ t: start + step + 1, entity: { topic: 'audit_logs' }, ...login, user: undefined });
    const told = signals
      .close(start + 2 * step)
      .map(({ labels: { __name__: name, ...labels }, t, v }) => [name, labels, t, v]);
    const security = { topic: 'security_events' };
    expect(told).toEqual([
      ['foreshock_log_events', { ...security, action: 'login', outcome: 'success' }, start + step, 1],
      ['foreshock_log_events', { ...security, action: 'login', outcome: 'failure' }, start + step, 2],
      ['foreshock_log_event_users', security, start + step, 2],
      ['foreshock_log_event_failing_users', security, start + step, 1],
      ['foreshock_log_event_sources', security, start + step, 2],
      [
        'foreshock_log_events',
        { topic: 'audit_logs', action: 'login', outcome: 'success' },
        start + 2 * step,
        1,
      ],
      ['foreshock_log_event_sources', { topic: 'audit_logs' }, start + 2 * step, 1],
    ]);
  });

  it('of more actions than are told apart under "other", none is lost', () => {
    const signals = new EventSignals();
    for (let i = 0; i < 150; i++) signals.add({ t: start + 1, entity, ...login, action: `a${i}` });
    const events = signals
      .close(start + step)
      .filter(({ labels }) => labels.__name__ === 'foreshock_log_events');
    expect(events).toHaveLength(101);
    expect(events.find(({ labels }) => labels.action === 'other')?.v).toBe(50);
  });

  it('late ones in the oldest open step; without a time, or of too many topics, not at all; both are told', () => {
    const signals = new EventSignals({ entities: 1 });
    signals.add({ t: start + 1, entity, ...login });
    signals.close(start + 4 * step);
    signals.add({ t: start + 1, entity, ...login });
    signals.add({ t: Number.NaN, entity, ...login });
    signals.add({ t: start + 1, entity: { topic: 'more' }, ...login });
    expect(signals.close(start + 5 * step)[0]).toMatchObject({ t: start + 5 * step, v: 1 });
    expect(signals.counts).toEqual({ late: 1, ahead: 0, refused: 2 });
  });
});
