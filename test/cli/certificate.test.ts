import { describe, expect, it } from 'vitest';
import { forecastCapacity } from '../../cli/capacity-forecast.ts';

const day = 86_400_000;
const second = 1000;

/** Its age in days on the last of `known` days, and what becomes of the values (seconds). */
interface Seen {
  readonly age: number;
  readonly known: number;
  readonly change?: (value: number, i: number) => number;
}

/** A certificate of 90 days, its age in seconds at the highest of each day's hours, known for `known` days at the end of `last`. */
function certificate({ age, known, change = value => value }: Seen) {
  const from = Date.UTC(2026, 2, 1);
  const length = known;
  const ageAt = (i: number) => ((age - (known - 1 - i)) * day) / second;
  const last = from + (length - 1) * day;
  const used = Float64Array.from({ length }, (_, i) => change(ageAt(i), i));
  const limit = new Float64Array(length).fill((90 * day) / second);
  const entity = { instance: 'web:443' };
  const history = { pack: 'tls', resource: 'certificate', entity, from, used, limit, regressors: {} };
  const how = { days: 30, madeAt: last + 3_600_000, calendars: [], plan: [] };
  const made = forecastCapacity({ history, factors: [1, 1], unit: 's' }, how);
  return { made, expires: last + (90 - age) * day };
}

describe('the age of a certificate against its lifetime of 90 days', () => {
  it.each([
    { age: 62, known: 60 },
    { age: 75.3, known: 60 },
    { age: 88, known: 40 },
    { age: 85, known: 8 },
    { age: 80, known: 3 },
    { age: 89.5, known: 60 },
  ])('tells the hour at which it ends: $age days old, seen for $known', each => {
    const { made, expires } = certificate(each);
    if (made.exhaustion.state !== 'fills') throw new Error(JSON.stringify(made.exhaustion));
    const { median, earliest, latest } = made.exhaustion.date;
    expect(Math.abs(median - expires)).toBeLessThan(3_600_000);
    expect(earliest).toBeLessThanOrEqual(expires);
    expect(latest).toBeGreaterThanOrEqual(expires);
    expect(latest - earliest).toBeLessThan(day / 4);
  });

  it('is told within hours where samples are a minute late, and days are missing', () => {
    const { made, expires } = certificate({
      ...{ age: 75, known: 30 },
      change: (value, i) => (i % 5 === 1 ? Number.NaN : value - 60 * (i % 2)),
    });
    if (made.exhaustion.state !== 'fills') throw new Error(JSON.stringify(made.exhaustion));
    expect(Math.abs(made.exhaustion.date.median - expires)).toBeLessThan(3_600_000);
  });

  it('is clear beyond the horizon, with its date, and over once it has ended', () => {
    expect(certificate({ age: 40, known: 40 }).made.exhaustion.state).toBe('clear');
    const { made } = certificate({ age: 58, known: 3 });
    expect(made.exhaustion).toMatchObject({ state: 'clear', reason: expect.stringContaining('2026-04-04') });
    expect(certificate({ age: 91, known: 60 }).made.exhaustion.state).toBe('over');
  });

  it('warns of one that was renewed in its last days before: that may have been luck', () => {
    const late = (value: number) => value % ((88 * day) / second);
    const { made, expires } = certificate({ age: 88 + 80, known: 160, change: late });
    expect(made.exhaustion).toMatchObject({ state: 'fills', date: { median: expires + 88 * day } });
  });

  it('tells nothing of flat days before its life is counted', () => {
    const { made, expires } = certificate({
      ...{ age: 75, known: 200 },
      change: value => Math.max(0, value),
    });
    expect(made.exhaustion).toMatchObject({ state: 'fills', date: { median: expires } });
  });

  it('does not warn of one that is always renewed at 60 days, but of one whose renewal is overdue', () => {
    const seconds = day / second;
    const renewed = (value: number) => value % (60 * seconds);
    const onTime = certificate({ age: 179, known: 170, change: renewed });
    expect(onTime.made.exhaustion.state).not.toBe('fills');
    const overdue = certificate({
      age: 185,
      known: 170,
      change: value => (value < 120 * seconds ? renewed(value) : value - 120 * seconds),
    });
    expect(overdue.made.exhaustion).toMatchObject({
      state: 'fills',
      date: { median: overdue.expires + 120 * day },
    });
  });
});
