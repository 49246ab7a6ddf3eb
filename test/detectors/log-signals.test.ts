import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../core/log.ts';
import { LogSignals } from '../../detectors/log-signals.ts';
import { cart, hour, line, minute, named, options, pay, run, start, step, sum } from './log-lines.ts';

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
