import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../core/log.ts';
import {
  type LogSignalChanges,
  LogSignals,
  type Sample,
  type SignalLine,
} from '../../detectors/log-signals.ts';

const step = 15_000;
const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 0, 1);
const cart = { service: 'cart' };
const pay = { service: 'pay' };
const options = { learning: 30 * minute } as const;

type Given = Partial<SignalLine> & { readonly t: number };
const line = (given: Given): SignalLine => ({ entity: cart, level: 'info', template: 'hello', ...given });

/** Feeds a line every so many ms over a span, closing as it goes; all samples. */
function run(
  signals: LogSignals,
  from: number,
  to: number,
  each: (t: number) => readonly Given[],
  every = 1000,
) {
  const samples: Sample[] = [];
  for (let t = from + 1; t <= to; t += every) {
    for (const given of each(t)) signals.add(line(given));
    if ((t - 1) % step === 0) samples.push(...signals.close(t - 1));
  }
  samples.push(...signals.close(to));
  return samples;
}

const steady = (t: number): readonly Given[] => [{ t }, { t, template: 'other thing' }];
const named = (samples: readonly Sample[], name: string) =>
  samples.filter(({ labels }) => labels.__name__ === `foreshock_log_${name}`);
const sum = (samples: readonly Sample[], labels: Readonly<Record<string, string>> = {}) =>
  samples
    .filter(sample => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
    .reduce((total, { v }) => total + v, 0);

describe('lines are counted', () => {
  it('by entity, level and template, at the end of the step that they fall into, and nothing is said of nothing', () => {
    const signals = new LogSignals(options);
    for (const given of [
      { t: start + 1 },
      { t: start + step, level: 'error' as const, template: 'boom' },
      { t: start + step, level: undefined, entity: pay },
      { t: start + step + 1 },
    ])
      signals.add(line(given));
    expect(signals.close(start + 3 * step)).toEqual([
      {
        labels: { service: 'cart', level: 'info', template: 'hello', __name__: 'foreshock_log_lines' },
        t: start + step,
        v: 1,
      },
      {
        labels: { service: 'cart', level: 'error', template: 'boom', __name__: 'foreshock_log_lines' },
        t: start + step,
        v: 1,
      },
      {
        labels: { service: 'pay', level: 'none', template: 'hello', __name__: 'foreshock_log_lines' },
        t: start + step,
        v: 1,
      },
      {
        labels: { service: 'cart', level: 'info', template: 'hello', __name__: 'foreshock_log_lines' },
        t: start + 2 * step,
        v: 1,
      },
    ]);
    expect(signals.close(start + 9 * step)).toEqual([]);
  });

  it('once each, in whatever order they come and however often steps are closed', () => {
    const lines = fc.array(
      fc.record({
        t: fc.integer({ min: start, max: start + 20 * minute }),
        template: fc.constantFrom('a', 'b', 'c', 'd'),
        level: fc.constantFrom<LogLevel | undefined>('info', 'error', undefined),
        entity: fc.constantFrom(cart, pay, { service: 'cart' }),
        close: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(lines, all => {
        const signals = new LogSignals({ ...options, templates: 2 });
        const samples = all.flatMap(({ close, ...given }) => {
          signals.add(line(given));
          return close ? signals.close(given.t) : [];
        });
        samples.push(...signals.close(start + hour));
        expect(sum(named(samples, 'lines'))).toBe(all.length);
      }),
    );
  });

  it('late ones in the oldest open step, those far ahead in the last one, and both are told', () => {
    const signals = new LogSignals(options);
    signals.add(line({ t: start + 1 }));
    signals.close(start + 4 * step);
    signals.add(line({ t: start + 2 }));
    signals.add(line({ t: start + 365 * 24 * hour }));
    expect(signals.close(start + 5 * step).map(({ t, v }) => [t, v])).toEqual([[start + 5 * step, 1]]);
    expect(signals.counts).toMatchObject({ late: 1, ahead: 1, refused: 0 });
    expect(sum(signals.close(start + 25 * hour))).toBe(1);
  });

  it('not without a time, and not of entities beyond the limit', () => {
    const signals = new LogSignals({ ...options, entities: 1 });
    for (const given of [{ t: start + 1 }, { t: Number.NaN, entity: pay }, { t: start + 2, entity: pay }])
      signals.add(line(given));
    expect(sum(signals.close(start + step))).toBe(1);
    expect(signals.counts.refused).toBe(2);
  });

  it('of another entity once one has been silent for a day, which is then forgotten', () => {
    const signals = new LogSignals({ ...options, entities: 1 });
    signals.add(line({ t: start + 1 }));
    signals.close(start + hour);
    signals.changes();
    signals.add(line({ t: start + hour + 1, entity: pay }));
    signals.close(start + 25 * hour);
    signals.add(line({ t: start + 25 * hour + 1, entity: pay }));
    expect(sum(signals.close(start + 26 * hour), pay)).toBe(1);
    expect(signals.counts.refused).toBe(1);
    expect(signals.changes()).toMatchObject({ gone: [cart], entities: [{ labels: pay }] });
  });

  it('rare templates together as "other", errors by themselves', () => {
    const signals = new LogSignals({ ...options, templates: 3 });
    for (let i = 0; i < 9; i++) signals.add(line({ t: start + 1, template: `t${i}` }));
    signals.add(line({ t: start + 1, template: 'boom', level: 'fatal' }));
    const samples = named(signals.close(start + step), 'lines');
    expect(sum(samples, { template: 'other', level: 'info' })).toBe(6);
    expect(sum(samples, { template: 'boom', level: 'fatal' })).toBe(1);
    expect(samples).toHaveLength(5);
  });

  it('by series of their own for the templates that have become the most frequent', () => {
    const signals = new LogSignals({ ...options, templates: 1 });
    signals.add(line({ t: start + 1, template: 'first' }));
    const samples = run(signals, start, start + 2 * hour, t => [{ t, template: 'frequent' }]);
    expect(sum(samples, { template: 'frequent' })).toBeGreaterThan(1000);
    expect(sum(named(samples, 'lines'))).toBe(2 * 3600 + 1);
  });
});

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
