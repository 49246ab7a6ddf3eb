import { describe, expect, it } from 'vitest';
import { type LogSignalChanges, LogSignals } from '../../detectors/log-signals.ts';
import { type Given, hour, line, named, options, run, start, steady, sum } from './log-lines.ts';

describe('what is stored', () => {
  const life = (t: number): readonly Given[] => [
    ...steady(t),
    { t, template: `t${Math.floor(t / 7000) % 5}`, level: 'warn', session: `s${Math.floor(t / 20_000)}` },
    ...(t % 60_000 === 1 && t < start + 2 * hour ? [{ t, template: 'minutely' }] : []),
  ];

  /** As a store keeps it: entities are replaced, templates and sessions are added. */
  function kept(before: LogSignalChanges | undefined, changes: LogSignalChanges): LogSignalChanges {
    const entities = new Map(
      [...(before?.entities ?? []), ...changes.entities].map(one => [JSON.stringify(one.labels), one]),
    );
    return {
      head: changes.head,
      entities: [...entities.values()],
      gone: [],
      templates: [...(before?.templates ?? []), ...changes.templates],
      sessions: [...(before?.sessions ?? []), ...changes.sessions],
    };
  }

  it('and read again goes on as if nothing had happened, lines of open steps included', () => {
    const whole = new LogSignals(options);
    const first = new LogSignals(options);
    const until = start + 2 * hour - 7000;
    run(whole, start, until, life);
    run(first, start, start + hour, life);
    let stored = kept(undefined, first.changes());
    run(first, start + hour, until, life);
    stored = kept(stored, first.changes());
    expect(first.changes().entities).toEqual([]);
    const second = new LogSignals(options);
    second.restore(JSON.parse(JSON.stringify(stored)));
    const rest = (signals: LogSignals) =>
      run(signals, until, start + 3 * hour, life)
        .filter(({ labels }) => labels.__name__ !== 'foreshock_log_unseen_sessions')
        .map(({ v, ...sample }) => ({ ...sample, v: Number(v.toPrecision(9)) }));
    expect(rest(second)).toEqual(rest(whole));
  });

  it('is refused with a word when it is something else', () => {
    expect(() => new LogSignals(options).restore({})).toThrow(/stored log signals cannot be read/);
  });
});

it('a silence of a year costs no more than a day', () => {
  const signals = new LogSignals(options);
  run(signals, start, start + hour, steady);
  signals.add(line({ t: start + 20 * hour }));
  expect(sum(signals.close(start + 365 * 24 * hour))).toBeGreaterThan(0);
  signals.add(line({ t: start + 366 * 24 * hour }));
  expect(sum(named(signals.close(start + 367 * 24 * hour), 'lines'))).toBe(1);
});
