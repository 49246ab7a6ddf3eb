import { describe, expect, it } from 'vitest';
import { autoregression } from '../../forecasters/autoregression.ts';
import { bentLine } from '../../forecasters/bent-line.ts';
import { calendarTrend } from '../../forecasters/calendar-trend.ts';
import { dampedTrend } from '../../forecasters/damped-trend.ts';
import { drift } from '../../forecasters/drift.ts';
import { slope7, slope28 } from '../../forecasters/envelope-slope.ts';
import { ets } from '../../forecasters/ets.ts';
import { naive } from '../../forecasters/naive.ts';
import type { PathMethod } from '../../forecasters/path-method.ts';
import { patientSmoothing } from '../../forecasters/patient-smoothing.ts';
import { recentMedian } from '../../forecasters/recent-median.ts';
import { seasonalMean } from '../../forecasters/seasonal-mean.ts';
import { seasonalNaive } from '../../forecasters/seasonal-naive.ts';
import { theta } from '../../forecasters/theta.ts';
import { course, daily, day, made, week } from './series.ts';

/** What a method says of a daily series that begins on a Monday. */
function said(method: PathMethod, values: ArrayLike<number>, steps: number): Float64Array {
  return method.path(course(values), steps)!;
}

/** The largest distance of a path from what is true. */
function off(path: Float64Array, truth: (h: number) => number): number {
  return Math.max(...path.map((value, h) => Math.abs(value - truth(h))));
}

describe('what repeats each week', () => {
  const known = 60;
  const history = made(known, week);
  for (const method of [seasonalNaive, seasonalMean, recentMedian, ets, autoregression, patientSmoothing])
    it(`goes on in ${method.name}`, () => {
      expect(off(said(method, history, 30), h => week(known + h))).toBeLessThan(0.5);
    });
});

describe('a straight line', () => {
  const line = made(60, i => 50 + 3 * i);
  for (const method of [slope7, slope28, drift, bentLine])
    it(`goes on in ${method.name}`, () => {
      expect(off(said(method, line, 30), h => 50 + 3 * (60 + h))).toBeLessThan(1e-6);
    });

  it('goes on at half of its slope in theta', () => {
    const path = said(theta, line, 30);
    expect((path[29]! - path[0]!) / 29).toBeCloseTo(1.5, 2);
  });

  it('dies away in damped-trend', () => {
    const path = said(dampedTrend, line, 60);
    expect(path[0]!).toBeGreaterThan(line.at(-7)!);
    expect(path[59]! - path[58]!).toBeLessThan(0.05 * (path[1]! - path[0]!));
  });
});

describe('growth that grows', () => {
  it('is a parabola in bent-line', () => {
    const square = (i: number) => 5 + i + 0.05 * i * i;
    expect(off(said(bentLine, made(56, square), 20), h => square(56 + h))).toBeLessThan(1e-6);
  });
});

describe('levels', () => {
  it('is the last value in naive', () => {
    expect(said(naive, [1, 2, 9], 2)).toEqual(Float64Array.of(9, 9));
  });

  it('is not moved by one burst in recent-median', () => {
    const calm = made(40, (i, noise) => (i === 38 ? 1000 : 10 + 0.1 * noise));
    expect(off(said(recentMedian, calm, 5), () => 10)).toBeLessThan(0.2);
  });

  it('follows a step in patient-smoothing within two weeks, and averages noise away', () => {
    const stepped = made(60, (i, noise) => (i < 40 ? 10 : 20) + noise);
    expect(off(said(patientSmoothing, stepped, 5), () => 20)).toBeLessThan(1);
  });

  it('returns to the mean in autoregression as fast as the series did', () => {
    let x = 0;
    const back = made(300, (_, noise) => {
      x = 0.7 * x + noise;
      return 100 + x;
    });
    back[299] = 110;
    const path = said(autoregression, back, 20);
    expect(path[0]!).toBeGreaterThan(104);
    expect(path[19]!).toBeLessThan(101);
  });
});

describe('seasons in ets', () => {
  it('grow with the level where they did', () => {
    const grown = made(84, i => (100 + 4 * i) * (i % 7 < 5 ? 1.2 : 0.5));
    const path = said(ets, grown, 7);
    expect(path[0]! / path[6]!).toBeGreaterThan(2);
  });

  it('are not seen in noise', () => {
    const path = said(
      ets,
      made(60, (_, noise) => 10 + noise),
      14,
    );
    expect(Math.max(...path) - Math.min(...path)).toBeLessThan(0.5);
  });
});

describe('prophet among the others', () => {
  it('speaks only of what spans a year', () => {
    expect(calendarTrend.path(course(made(100, week)), 5)).toBeUndefined();
  });

  it('knows the season of the year', () => {
    const yearly = (i: number) => 10 + 5 * Math.sin((2 * Math.PI * i) / 365.25);
    const { t, v } = daily(made(900, yearly));
    const path = calendarTrend.path({ t, y: v, season: 7, day: 1 }, 120)!;
    expect(off(path, h => yearly(900 + h))).toBeLessThan(0.5);
    expect(t[1]! - t[0]!).toBe(day);
  });
});

describe('histories that are too short', () => {
  const all = [
    ets,
    theta,
    autoregression,
    dampedTrend,
    recentMedian,
    seasonalMean,
    seasonalNaive,
    slope7,
    drift,
  ];
  for (const method of [...all, bentLine])
    it(`leave ${method.name} without an answer`, () => {
      expect(method.path(course([5]), 3)).toBeUndefined();
    });
});
