import { describe, expect, it } from 'vitest';
import { boundsOf, clamped } from '../../forecasters/bounds.ts';
import { chanceBeyond, errorModel, halfWidth } from '../../forecasters/conformal.ts';
import { priorQuantile } from '../../forecasters/prior.ts';
import { daily, made } from './series.ts';

const noise = made(60, (_, x) => 10 + x);
const folds = (size: number) => Array.from({ length: 10 }, (_, k) => made(20, (_, x) => size * x, k + 1));
const model = (size: number) => errorModel(folds(size), noise, { per: 1, own: 0.4 });

describe('the prior', () => {
  it('grows with the level and with the steps ahead, and never ends', () => {
    const at = (level: number, ahead: number) => priorQuantile(level, { ahead, length: 60 });
    expect(at(0.95, 10)).toBeGreaterThan(at(0.8, 10));
    expect(at(0.8, 30)).toBeGreaterThan(at(0.8, 2));
    expect(at(0.05, 1)).toBeGreaterThan(0);
    expect(at(0.9999, 500)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('is wider for a history that is hardly one', () => {
    expect(priorQuantile(0.8, { ahead: 10, length: 4 })).toBeGreaterThan(
      priorQuantile(0.8, { ahead: 10, length: 200 }),
    );
  });
});

describe('an interval', () => {
  it('is as wide as the errors at earlier times were large', () => {
    expect(halfWidth(model(2), 0.8, 5) / halfWidth(model(1), 0.8, 5)).toBeGreaterThan(1.7);
  });

  it('is never narrower for a higher level, whatever its own errors are', () => {
    const wild = made(60, (i, x) => 10 + x * (i % 10 === 0 ? 50 : 0.1));
    const rare = folds(1).map(fold => fold.map((error, h) => (h % 7 === 0 ? 100 * error : 0.01 * error)));
    for (const own of [0, 0.4, 1]) {
      const odd = errorModel(rare, wild, { per: 1, own });
      const widths = [0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999].map(level => halfWidth(odd, level, 12));
      expect(widths).toEqual([...widths].sort((a, b) => a - b));
    }
  });

  it('has no width where nothing was ever wrong', () => {
    expect(halfWidth(model(0), 0.95, 5)).toBe(0);
  });

  it('is that of simulated series where there are no folds', () => {
    const none = errorModel([], noise, { per: 1, own: 0.4 });
    expect(halfWidth(none, 0.8, 5)).toBeGreaterThan(0);
  });

  it('and the chance to lie beyond a distance are two sides of one thing', () => {
    const half = halfWidth(model(1), 0.8, 7);
    expect(chanceBeyond(model(1), half, 7)).toBeCloseTo(0.1, 3);
    expect(chanceBeyond(model(1), -half, 7)).toBeCloseTo(0.9, 3);
    expect(chanceBeyond(model(1), 0, 7)).toBeCloseTo(0.5, 3);
  });
});

describe('bounds', () => {
  const forecast = {
    t: Float64Array.of(1, 2),
    yhat: Float64Array.of(-1, 12),
    intervals: [{ level: 0.8, lower: Float64Array.of(-5, 8), upper: Float64Array.of(3, 20) }],
  };

  it('keep what was never negative from being so, and what has a limit below it', () => {
    const { yhat, intervals } = clamped(forecast, boundsOf(daily([1, 2, 3]), 10));
    expect(yhat).toEqual(Float64Array.of(0, 10));
    expect(intervals[0]).toEqual({ level: 0.8, lower: Float64Array.of(0, 8), upper: Float64Array.of(3, 10) });
  });

  it('are none where the history itself passed them', () => {
    expect(clamped(forecast, boundsOf(daily([-1, 12]), 10))).toEqual(forecast);
  });
});
