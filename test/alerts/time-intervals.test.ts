import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeInterval, type TimeInterval } from '../../alerts/time-intervals.ts';

const at = (iso: string, interval: TimeInterval) => activeInterval([interval], Date.parse(iso));
const times = (start_time: string, end_time: string) => [{ start_time, end_time }];
/** The UTC times of a list at which the interval holds. */
const among = (isos: readonly string[], interval: TimeInterval) => isos.filter(iso => at(iso, interval));

describe('times of day', () => {
  it('include the start and not the end, to the millisecond', () => {
    const work = { times: times('09:00', '17:00') };
    expect(at('2026-03-02T08:59:59.999Z', work)).toBe(false);
    expect(at('2026-03-02T09:00:00Z', work)).toBe(true);
    expect(at('2026-03-02T16:59:59.999Z', work)).toBe(true);
    expect(at('2026-03-02T17:00:00Z', work)).toBe(false);
  });

  it('go on over midnight as two, without a gap', () => {
    const night = { times: [...times('22:00', '24:00'), ...times('00:00', '06:00')] };
    expect(
      among(
        ['2026-03-02T21:59:59.999Z', '2026-03-02T23:59:59.999Z', '2026-03-03T00:00Z', '2026-03-03T06:00Z'],
        night,
      ),
    ).toEqual(['2026-03-02T23:59:59.999Z', '2026-03-03T00:00Z']);
  });

  it('follow the clock of the place over a change to summer time and back', () => {
    const work = { times: times('09:00', '17:00'), location: 'Europe/Berlin' };
    expect(among(['2026-03-28T07:59Z', '2026-03-28T08:00Z', '2026-03-29T07:00Z'], work)).toEqual([
      '2026-03-28T08:00Z',
      '2026-03-29T07:00Z',
    ]);
    expect(among(['2026-10-24T07:00Z', '2026-10-25T07:00Z', '2026-10-25T08:00Z'], work)).toEqual([
      '2026-10-24T07:00Z',
      '2026-10-25T08:00Z',
    ]);
  });

  it('in an hour that is skipped never come, in one that is repeated come twice', () => {
    const change = { times: times('02:00', '03:00'), location: 'Europe/Berlin' };
    const minutes = (from: string) =>
      Array.from({ length: 24 * 60 }, (_, m) => Date.parse(from) + m * 60_000).filter(t =>
        activeInterval([change], t),
      ).length;
    expect(minutes('2026-03-28T23:00Z')).toBe(0);
    expect(minutes('2026-10-24T22:00Z')).toBe(120);
    expect(minutes('2026-11-01T23:00Z')).toBe(60);
  });

  it('know half hours and dates beyond UTC', () => {
    expect(at('2026-03-01T18:30Z', { times: times('00:00', '00:01'), location: 'Asia/Kolkata' })).toBe(true);
    expect(at('2026-12-31T10:00Z', { years: ['2027'], location: 'Pacific/Kiritimati' })).toBe(true);
  });
});

describe('days', () => {
  it('of the week are ranges of names, whatever their case, that include both ends', () => {
    const week = ['01', '02', '03', '04', '05', '06', '07'].map(day => `2026-03-${day}T12:00Z`);
    expect(among(week, { weekdays: ['Monday:friday'] })).toEqual(week.slice(1, 6));
    expect(among(week, { weekdays: ['saturday', 'sunday'] })).toEqual([week[0], week[6]]);
  });

  it('of the month count from its end when negative', () => {
    const ends = ['2026-02-28', '2024-02-28', '2024-02-29', '2026-04-30', '2026-05-30', '2026-05-31'];
    expect(among(ends, { days_of_month: ['-1'] })).toEqual([
      '2026-02-28',
      '2024-02-29',
      '2026-04-30',
      '2026-05-31',
    ]);
    expect(among(ends, { days_of_month: ['-2:-1'] })).toEqual(ends);
    expect(among(ends, { days_of_month: ['29:-1'] })).toEqual(ends.slice(2));
    expect(among(['2026-05-01', '2026-05-05', '2026-05-06'], { days_of_month: ['1:5'] })).toHaveLength(2);
  });

  it('that a month does not have are not moved to others', () => {
    expect(among(['2026-02-28', '2026-03-01', '2026-03-31'], { days_of_month: ['31'] })).toEqual([
      '2026-03-31',
    ]);
    expect(at('2026-02-28', { days_of_month: ['20:31'] })).toBe(true);
  });

  it('-n is day daysInMonth + 1 - n of every month', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1980, max: 2100 }),
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, n) => {
          const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
          const days = Array.from({ length }, (_, k) => k + 1).filter(day =>
            activeInterval([{ days_of_month: [`-${n}`] }], Date.UTC(year, month, day, 23, 59)),
          );
          expect(days).toEqual(n <= length ? [length + 1 - n] : []);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('months and years', () => {
  it('are ranges of names or numbers', () => {
    const first = Array.from({ length: 12 }, (_, m) => `2026-${String(m + 1).padStart(2, '0')}-15`);
    expect(among(first, { months: ['January:3', '12'] })).toEqual([...first.slice(0, 3), first[11]]);
    expect(among(['2025-12-31', '2026-01-01', '2027-12-31', '2028-01-01'], { years: ['2026:2027'] })).toEqual(
      ['2026-01-01', '2027-12-31'],
    );
  });
});

describe('intervals', () => {
  it('hold where all of their conditions do; of a list, one is enough', () => {
    const both = { weekdays: ['monday'], times: times('09:00', '10:00') };
    expect(among(['2026-03-02T09:30Z', '2026-03-02T11:00Z', '2026-03-03T09:30Z'], both)).toEqual([
      '2026-03-02T09:30Z',
    ]);
    const either = [{ weekdays: ['monday'] }, { times: times('09:00', '10:00') }];
    expect(activeInterval(either, Date.parse('2026-03-03T09:30Z'))).toBe(true);
    expect(activeInterval(either, Date.parse('2026-03-03T11:00Z'))).toBe(false);
    expect(activeInterval([], 0)).toBe(false);
    expect(activeInterval([{ times: [], weekdays: [], days_of_month: [], months: [], years: [] }], 0)).toBe(
      true,
    );
  });

  it('agree with the calendar of UTC at any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), t => {
        const date = new Date(t);
        const clock = date.toISOString().slice(11, 16);
        const interval = {
          times: clock === '23:59' ? times('23:59', '24:00') : times(clock, '23:59'),
          weekdays: [new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(date)],
          days_of_month: [String(date.getUTCDate())],
          months: [String(date.getUTCMonth() + 1)],
          years: [String(date.getUTCFullYear())],
        };
        expect(activeInterval([interval], t)).toBe(true);
        expect(activeInterval([interval], t + 86_400_000)).toBe(false);
        expect(activeInterval([interval], t - 86_400_000)).toBe(false);
      }),
    );
  });

  it.each<[TimeInterval, RegExp]>([
    [{ times: times('22:00', '06:00') }, /22:00 to 06:00.*crosses midnight/],
    [{ times: times('09:00', '09:00') }, /empty/],
    [{ times: times('9:00', '10:00') }, /"9:00" is not a time of day/],
    [{ weekdays: ['funday'] }, /"funday".*monday:friday/],
    [{ weekdays: ['saturday:sunday'] }, /"saturday:sunday" ends before it begins/],
    [{ weekdays: ['monday:tuesday:friday'] }, /"monday:tuesday:friday" will not do/],
    [{ days_of_month: ['0'] }, /days begin at 1 or -1/],
    [{ days_of_month: ['32'] }, /"32" will not do/],
    [{ days_of_month: ['-1:1'] }, /"-1:1" ends before it begins/],
    [{ days_of_month: ['5:1'] }, /"5:1" ends before it begins/],
    [{ days_of_month: ['1.5'] }, /"1.5" will not do/],
    [{ months: ['13'] }, /"13" will not do/],
    [{ months: ['november:february'] }, /ends before it begins/],
    [{ years: ['soon'] }, /"soon" will not do/],
    [{ years: [''] }, /"" will not do/],
    [{ location: 'Mars/Olympus' }, /"Mars\/Olympus" is not a time zone/],
  ])('%j is refused with what would do', (interval, message) => {
    expect(() => activeInterval([interval], 0)).toThrow(message);
    expect(() => activeInterval([interval], 0)).toThrow(RangeError);
  });
});
