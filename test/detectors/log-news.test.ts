import { describe, expect, it } from 'vitest';
import { LogSignals } from '../../detectors/log-signals.ts';
import {
  type Given,
  hour,
  line,
  minute,
  named,
  options,
  pay,
  run,
  start,
  steady,
  step,
} from './log-lines.ts';

describe('a new template', () => {
  it('is told once, in its step, when source and entity are known for long enough', () => {
    const signals = new LogSignals(options);
    const samples = run(signals, start, start + hour, t =>
      t > start + 50 * minute ? [{ t }, { t, template: 'never seen' }] : [{ t }],
    );
    expect(named(samples, 'new_templates')).toEqual([
      {
        labels: { service: 'cart', __name__: 'foreshock_log_new_templates' },
        t: start + 50 * minute + step,
        v: 1,
      },
    ]);
  });

  it('is no news while things are learned, nor when another entity has said it before', () => {
    const signals = new LogSignals(options);
    const samples = run(signals, start, start + hour, t => [
      { t },
      { t, entity: pay, template: 'of pay' },
      ...(t < start + 20 * minute ? [{ t, template: 'early' }] : []),
      ...(t > start + 50 * minute
        ? [
            { t, template: 'of pay' },
            { t, entity: { service: 'born' }, template: 'young' },
          ]
        : []),
    ]);
    expect(named(samples, 'new_templates')).toEqual([]);
  });
});

describe('a template that came regularly and is gone', () => {
  const last = start + 2 * hour;
  const gone = (every: number) => (t: number) =>
    t < last && Math.floor((t - start) / 1000) % (every / 1000) === 0
      ? [{ t }, { t, template: 'beat' }]
      : [{ t }];

  it('is told within minutes, until it comes back', () => {
    const signals = new LogSignals(options);
    const before = run(signals, start, last, gone(10_000));
    const during = run(signals, last, last + 10 * minute, gone(10_000));
    const after = run(signals, last + 10 * minute, last + 12 * minute, t => [{ t }, { t, template: 'beat' }]);
    expect(named(before, 'vanished_templates')).toEqual([]);
    const told = named(during, 'vanished_templates');
    expect(told[0]!.t).toBeLessThanOrEqual(last + 2 * minute);
    expect(told.every(({ v }) => v === 1)).toBe(true);
    expect(named(after, 'vanished_templates')).toEqual([]);
  });

  it('is not told when it only ever came in bursts with long rests, nor after one burst', () => {
    const signals = new LogSignals(options);
    const samples = run(signals, start, start + 6 * hour, t => {
      const inBurst = (t - start) % (20 * minute) < 2 * minute;
      const once = t - start > hour && t - start < hour + 10 * minute;
      return [
        { t },
        ...(inBurst ? [{ t, template: 'burst' }] : []),
        ...(once ? [{ t, template: 'once' }] : []),
      ];
    });
    expect(named(samples, 'vanished_templates')).toEqual([]);
  });
});

describe('a change of the mix', () => {
  it('is near 0 while shares stay, and near 1 when all lines are others', () => {
    const signals = new LogSignals(options);
    const usual = named(run(signals, start, start + hour, steady), 'mix_change');
    expect(Math.max(0, ...usual.map(({ v }) => v))).toBeLessThan(0.1);
    const other = named(
      run(signals, start + hour, start + hour + 6 * minute, t => [
        { t, template: 'x' },
        { t, template: 'y' },
      ]),
      'mix_change',
    );
    expect(other.at(-1)!.v).toBeGreaterThan(0.8);
    expect(other.at(-1)!.v).toBeLessThanOrEqual(1);
  });

  it('does not depend on the rate of lines', () => {
    const signals = new LogSignals(options);
    run(signals, start, start + hour, steady);
    const busy = run(signals, start + hour, start + hour + 10 * minute, t => [
      ...steady(t),
      ...steady(t),
      ...steady(t),
    ]);
    expect(Math.max(0, ...named(busy, 'mix_change').map(({ v }) => v))).toBeLessThan(0.1);
  });
});

describe('sessions', () => {
  const request = (t: number, ...templates: string[]): readonly Given[] =>
    templates.map(template => ({ t, template, session: `r${t}` }));

  it('that are over and of a kind never seen are told, in whatever order their lines come', () => {
    const signals = new LogSignals(options);
    const usual = run(signals, start, start + hour, t =>
      request(t, ...(t % 2000 === 1 ? ['a', 'b', 'c'] : ['b', 'a', 'c'])),
    );
    expect(named(usual, 'unseen_sessions')).toEqual([]);
    const odd = run(signals, start + hour, start + hour + 3 * minute, t =>
      t === start + hour + 1 ? request(t, 'a', 'a', 'c') : request(t, 'a', 'b', 'c'),
    );
    expect(named(odd, 'unseen_sessions')).toEqual([
      {
        labels: { service: 'cart', __name__: 'foreshock_log_unseen_sessions' },
        t: start + hour + minute + step,
        v: 1,
      },
    ]);
  });

  it('are bounded in number: those idle for longest end before their time, and it is told', () => {
    const signals = new LogSignals(options);
    for (let i = 0; i < 20_001; i++) signals.add(line({ t: start + 1, session: `s${i}` }));
    expect(signals.counts.sessions).toBe(1000);
  });
});
