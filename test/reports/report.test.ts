import { describe, expect, it } from 'vitest';
import type { CapacityReport } from '../../reports/model.ts';
import { capacityReport } from '../../reports/report.ts';
import { sayCoverage, sayNoise, sayTrack } from '../../reports/say-report.ts';
import {
  clear,
  day,
  fills,
  forecastOf,
  inputsOf,
  madeAt,
  only,
  outcomeOf,
  over,
  unknown,
  usualWeek,
} from './constructed.ts';

const on = (mountpoint: string) => ({ instance: 'db', mountpoint });
const placesOf = ({ resources }: CapacityReport) => resources.map(({ entity }) => entity.mountpoint);

describe('the order of resources', () => {
  it('is: over, then by date within 30 days, then what could be, later, cannot tell, not at all', () => {
    const forecasts = [
      forecastOf({ entity: on('/clear') }),
      forecastOf({ entity: on('/unknown'), exhaustion: unknown }),
      forecastOf({ entity: on('/later'), exhaustion: fills(45, 40, 60) }),
      forecastOf({ entity: on('/maybe'), exhaustion: fills(45, 20, 60) }),
      forecastOf({ entity: on('/second'), exhaustion: fills(9) }),
      forecastOf({ entity: on('/first'), exhaustion: fills(4) }),
      forecastOf({ entity: on('/over'), exhaustion: over }),
    ];
    const report = capacityReport(inputsOf({ forecasts }));
    expect(placesOf(report)).toEqual([
      '/over',
      '/first',
      '/second',
      '/maybe',
      '/later',
      '/unknown',
      '/clear',
    ]);
    expect(report.headline).toBe(
      '1 resource is over its limit already; 2 resources run out in the next 30 days, the first one on 4 December; 1 resource may run out in the next 30 days. 2 others will last. 1 resource cannot be forecast.',
    );
  });

  it('puts those that are most over their limit first, and does not depend on the order of the input', () => {
    const forecasts = [1.1, 1.3, 1.2].map(level =>
      forecastOf({ entity: on(`/${level}`), level, slope: 0, noise: 0, limit: 1, exhaustion: over }),
    );
    const expected = ['/1.3', '/1.2', '/1.1'];
    expect(placesOf(capacityReport(inputsOf({ forecasts })))).toEqual(expected);
    expect(placesOf(capacityReport(inputsOf({ forecasts: forecasts.toReversed() })))).toEqual(expected);
  });
});

describe('the answer for a resource', () => {
  it('is a date in the zone of the reader', () => {
    const soon = { ...fills(4) };
    const forecasts = [forecastOf({ exhaustion: soon })];
    const inZone = (timeZone: string) =>
      capacityReport(inputsOf({ forecasts, timeZone })).resources[0]!.answer;
    expect(inZone('Europe/Berlin')).toBe('full on 4 December');
    expect(inZone('Pacific/Kiritimati')).toBe('full on 4 December');
    expect(inZone('Pacific/Pago_Pago')).toBe('full on 3 December');
  });

  it('says the interval of the date, also where its end is not known', () => {
    expect(only({ exhaustion: fills(4, 2, 9) }).interval).toBe('2 to 9 December');
    expect(only({ exhaustion: fills(20, 10, Number.NaN) }).interval).toBe(
      '10 December to after 29 January 2027',
    );
  });

  it.each([
    ['already over', over, 'over'],
    ['not within 30 days', clear, 'clear'],
    ['cannot tell: only 2 days of history, 7 are needed', unknown, 'unknown'],
    ['not within 30 days: full on 9 January 2027', fills(40, 35, 60), 'later'],
    ['may be full from 10 December on, most likely on 9 January 2027', fills(40, 10, 60), 'maybe'],
    ['may be full from 10 December on, more likely not by 29 January 2027', fills(Number.NaN, 10), 'maybe'],
    [
      'not within 30 days: 12 % that it is full by 29 January 2027',
      fills(Number.NaN, Number.NaN, Number.NaN, 0.12),
      'clear',
    ],
  ])('is said in words: %s', (answer, exhaustion, verdict) => {
    expect(only({ exhaustion })).toMatchObject({ answer, verdict });
  });

  it('promises no more days than the forecast has', () => {
    const forecast = forecastOf();
    const short = {
      t: forecast.forecast.t.slice(0, 10),
      yhat: forecast.forecast.yhat.slice(0, 10),
      intervals: [],
    };
    const { resources } = capacityReport(inputsOf({ forecasts: [{ ...forecast, forecast: short }] }));
    expect(resources[0]!.answer).toBe('not within 10 days');
  });

  it('names a resource with every label that tells it from its neighbours', () => {
    expect(only({ entity: { instance: 'db-7:9100', mountpoint: '/var' } }).name).toBe(
      'Filesystem of db-7:9100, mountpoint /var',
    );
    expect(
      only({ entity: { service: 'postgres', database: 'orders' }, resource: 'open_connections' }).name,
    ).toBe('Open connections of postgres, database orders');
    expect(only({ entity: {} }).name).toBe('Filesystem');
  });
});

describe('the record of earlier forecasts', () => {
  const forecast = forecastOf();
  const report = (...outcomes: Parameters<typeof outcomeOf>[1][]) =>
    capacityReport(
      inputsOf({ forecasts: [forecast], outcomes: outcomes.map(came => outcomeOf(forecast, came)) }),
    );

  it('sets the forecast of a week ago and of a month ago against what came', () => {
    const { week, month, resources } = report(
      { ahead: 7, predicted: 70e9, actual: 71e9 },
      { ahead: 30, predicted: 60e9, actual: 71e9 },
    );
    expect(sayTrack(week)).toBe(
      'Made a week ahead: 1 forecast came due, off by 1 % in the median; the 80 % interval held 1 of them (100 %).',
    );
    expect(month).toMatchObject({ count: 1, held: 0, misses: [{ name: resources[0]!.name }] });
    expect(resources[0]).toMatchObject({
      lastWeek: { held: true },
      lastMonth: { held: false, predicted: 60e9 },
    });
  });

  it('takes the one that is nearest to a week, of one resource one', () => {
    const { week, resources } = report(
      { ahead: 9, predicted: 1, actual: 70e9 },
      { ahead: 7, predicted: 70e9, actual: 70e9 },
      { ahead: 6, predicted: 2, actual: 70e9 },
    );
    expect(week.count).toBe(1);
    expect(resources[0]!.lastWeek!.predicted).toBe(70e9);
  });

  it('counts every outcome for the coverage, and none without a number', () => {
    const { coverage } = report(
      { ahead: 1, predicted: 70e9, actual: 70e9 },
      { ahead: 2, predicted: 70e9, actual: 90e9 },
      { ahead: 3, predicted: 70e9, actual: Number.NaN },
    );
    expect(coverage).toEqual({ level: 0.8, held: 1, count: 2 });
  });

  it.each([
    [{ held: 322, count: 412 }, '80 % intervals held 78 % of the time, 412 forecasts: as stated.'],
    [
      { held: 206, count: 412 },
      '80 % intervals held 50 % of the time, 412 forecasts: they are too narrow, take the dates as less sure than they say.',
    ],
    [
      { held: 412, count: 412 },
      '80 % intervals held 100 % of the time, 412 forecasts: they are wider than they need be, the dates are surer than they say.',
    ],
    [{ held: 3, count: 4 }, '80 % intervals held 75 % of the time, 4 forecasts: too few to judge.'],
    [{ held: 0, count: 0 }, 'No forecast has come due yet, so nothing can be said of its intervals.'],
  ])('is honest about the intervals: %o', (given, words) => {
    expect(sayCoverage({ level: 0.8, ...given })).toBe(words);
  });
});

describe('what is over-provisioned', () => {
  const spareOf = (made: Parameters<typeof forecastOf>[0]) =>
    capacityReport(inputsOf({ forecasts: [forecastOf(made)] })).spare;

  it('is what neither was used nor may be by the widest interval, with what could go', () => {
    const [spare] = spareOf({ level: 6e9, slope: 0, noise: 0, limit: 64e9 });
    expect(spare).toMatchObject({ peak: 6e9, top: 6e9 });
    expect(spare!.spare).toBeCloseTo(64e9 - 6e9 / 0.7, -3);
  });

  it.each([
    ['was used for more than half once', { level: 10e9, slope: -0.5e9, noise: 0, limit: 60e9 }],
    ['may be by its forecast', { level: 10e9, slope: 0.5e9, noise: 0, limit: 60e9 }],
    ['has no limit', { level: 6e9, slope: 0, limit: Number.NaN }],
    ['cannot be told', { level: 6e9, slope: 0, limit: 64e9, exhaustion: unknown }],
    ['ends on a date', { resource: 'certificate', level: 6e9, slope: 0, limit: 64e9 }],
  ])('is nothing that %s', (_, made) => {
    expect(spareOf(made)).toEqual([]);
  });

  it('is nothing with less than two weeks of history', () => {
    const forecast = forecastOf({ level: 6e9, slope: 0, noise: 0, limit: 64e9 });
    const { t, v, step } = forecast.history;
    const history = { t: t.slice(-10), v: v.slice(-10), step };
    expect(capacityReport(inputsOf({ forecasts: [{ ...forecast, history }] })).spare).toEqual([]);
  });
});

describe('the week', () => {
  it('tells alerts, incidents and notifications, beside the week before', () => {
    expect(sayNoise(capacityReport(usualWeek()))).toBe(
      '40 alerts became 3 incidents and 5 notifications, 88 % fewer calls than alerts; the week before, 61 alerts became 4 incidents and 9 notifications.',
    );
  });

  it('says that nothing was', () => {
    expect(sayNoise(capacityReport(inputsOf()))).toBe('no alert and no incident.');
    expect(capacityReport(inputsOf()).headline).toBe('No resource has a forecast yet.');
  });
});

it('refuses a time zone that is not known', () => {
  expect(() => capacityReport(inputsOf({ timeZone: 'Mars/Olympus' }))).toThrow(RangeError);
});

it('looks at the week that ends with the report', () => {
  expect(capacityReport(inputsOf()).from).toBe(madeAt - 7 * day);
});
