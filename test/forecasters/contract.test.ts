import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forecast, ForecasterComponent } from '../../core/forecaster.ts';
import { forecasters } from '../../forecasters/forecasters.ts';
import { daily, day, made, week } from './series.ts';

const levels = [0.5, 0.8, 0.95];

function forecastOf(
  component: ForecasterComponent,
  values: ArrayLike<number>,
  steps = 20,
): Forecast | string {
  const fitted = component.create(component.options.parse({})).fit(daily(values), []);
  return 'unfit' in fitted ? fitted.unfit : fitted.forecast(steps, levels);
}

function valuesOf({ yhat, intervals }: Forecast): number[] {
  return [...yhat, ...intervals.flatMap(({ lower, upper }) => [...lower, ...upper])];
}

const busy = made(60, (i, noise) => 20 + week(i) + 0.05 * i + noise);
const odd: Readonly<Record<string, Float64Array>> = {
  'one value': Float64Array.of(3),
  'two values': Float64Array.of(3, 4),
  'ten values': made(10, (_, noise) => noise),
  'nothing but one value': new Float64Array(40).fill(7),
  'nothing but zeros': new Float64Array(40),
  gaps: busy.map((value, i) => (i % 5 === 0 || (i > 20 && i < 33) ? Number.NaN : value)),
  'a gap at the end': busy.map((value, i) => (i > 50 ? Number.NaN : value)),
  'huge values': busy.map(value => value * 1e200),
  'tiny values': busy.map(value => value * 1e-200),
  'one burst': busy.map((value, i) => (i === 30 ? 1e9 : value)),
};

for (const component of forecasters)
  describe(`the forecaster ${component.name}`, () => {
    it('declares each of its options in a sentence', () => {
      expect(component.summary).toMatch(/^[A-Z].*\.$/);
    });

    for (const [what, values] of Object.entries(odd))
      it(`gives finite numbers, or its reason, on ${what}`, () => {
        const answer = forecastOf(component, values);
        if (typeof answer === 'string') expect(answer).toMatch(/\w+ \w+/);
        else expect(valuesOf(answer).every(Number.isFinite)).toBe(true);
      });

    it('says the same twice', () => {
      expect(forecastOf(component, busy)).toEqual(forecastOf(component, busy));
    });

    it('begins one step after the history', () => {
      const answer = forecastOf(component, busy);
      if (typeof answer === 'string') throw new Error(answer);
      const { t } = daily(busy);
      expect(answer.t[0]! - t.at(-1)!).toBe(day);
      expect(answer.t).toHaveLength(20);
    });

    it('puts narrower intervals inside of wider ones, around the median', () => {
      const answer = forecastOf(component, busy);
      if (typeof answer === 'string') throw new Error(answer);
      answer.yhat.forEach((value, h) => {
        const ends = answer.intervals.map(({ lower, upper }) => [lower[h]!, upper[h]!]).reverse();
        const order = [...ends.map(([low]) => low!), value, ...ends.map(([, high]) => high!).reverse()];
        expect(order).toEqual([...order].sort((a, b) => a - b));
      });
    });
  });

describe('all methods together', () => {
  const together = forecasters.find(({ name }) => name === 'ensemble')!;
  const path = (values: ArrayLike<number>) => {
    const answer = forecastOf(together, values);
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };

  it('follow the unit of the series', () => {
    const plain = path(busy);
    fc.assert(
      fc.property(fc.constantFrom(1e-3, 0.5, 1024, 1e6), unit => {
        const scaled = path(busy.map(value => value * unit));
        scaled.yhat.forEach((value, h) => {
          expect(value / unit).toBeCloseTo(plain.yhat[h]!, 4);
        });
        expect(scaled.intervals[1]!.upper[9]! / unit).toBeCloseTo(plain.intervals[1]!.upper[9]!, 4);
      }),
      { numRuns: 4 },
    );
  });

  it('move with a series that is moved', () => {
    const plain = path(busy);
    const moved = path(busy.map(value => value + 100));
    moved.yhat.forEach((value, h) => {
      expect(value - 100).toBeCloseTo(plain.yhat[h]!, 0);
    });
  });

  it('cover what comes of noise as often as they say', () => {
    const inside = Array.from({ length: 30 }, (_, seed) => {
      const all = made(80, (i, noise) => 20 + week(i) + 3 * noise, seed + 1);
      const { lower, upper } = path(all.subarray(0, 60)).intervals[1]!;
      return all.subarray(60).reduce((sum, value, h) => sum + +(lower[h]! <= value && value <= upper[h]!), 0);
    });
    const share = inside.reduce((sum, each) => sum + each, 0) / (30 * 20);
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.98);
  });
});
