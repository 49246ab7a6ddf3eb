import { describe, expect, it } from 'vitest';
import { backtest, originsOf } from '../../forecasters/backtest.ts';
import { coarsened, coarseness } from '../../forecasters/coarsen.ts';
import { combine, errorsOf, weightsOf } from '../../forecasters/combine.ts';
import { Ensemble } from '../../forecasters/ensemble.ts';
import { members } from '../../forecasters/forecasters.ts';
import { fillGaps } from '../../forecasters/gaps.ts';
import { toGrid } from '../../forecasters/grid.ts';
import { naive } from '../../forecasters/naive.ts';
import { seasonalNaive } from '../../forecasters/seasonal-naive.ts';
import { course, daily, day, made, week } from './series.ts';

const { NaN: missing } = Number;

describe('earlier times', () => {
  it('reach back one and a half horizons and know at least a fifth of the history', () => {
    const origins = originsOf(100, { horizon: 30, count: 10 });
    expect(origins[0]).toBe(97);
    expect(origins.at(-1)!).toBeGreaterThanOrEqual(52);
    expect(originsOf(40, { horizon: 30, count: 10 }).at(-1)!).toBeGreaterThanOrEqual(8);
  });

  it('are none in a history that is too short', () => {
    expect(originsOf(8, { horizon: 30, count: 10 })).toEqual([]);
  });

  it('know nothing of what came after', () => {
    const history = made(40, i => i);
    const { origins, paths } = backtest(course(history), [naive], { horizon: 5, count: 6 });
    origins.forEach((origin, fold) => {
      expect(paths[fold]![0]!.every(value => value === history[origin - 1])).toBe(true);
    });
  });
});

describe('the say of a method', () => {
  const history = made(70, (i, noise) => week(i) + 0.1 * noise);
  const methods = [naive, seasonalNaive];
  const test = backtest(course(history), methods, { horizon: 14, count: 8 });
  const errors = errorsOf(test, history, methods.length);
  const weights = weightsOf(errors, { scale: 10, length: 70 });

  it('is larger the less it erred', () => {
    expect(weights[1]!).toBeGreaterThan(0.95);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1);
  });

  it('is the same for all where nothing could be tried', () => {
    expect(weightsOf(Float64Array.of(missing, missing), { scale: 1, length: 3 })).toEqual(
      Float64Array.of(0.5, 0.5),
    );
  });

  it('survives errors of nothing and of any size', () => {
    expect(weightsOf(Float64Array.of(0, 1e300), { scale: 0, length: 60 })).toEqual(Float64Array.of(1, 0));
  });
});

describe('together', () => {
  it('methods answer by their weighted median, those left out that cannot say', () => {
    const paths = [Float64Array.of(1), undefined, Float64Array.of(2), Float64Array.of(90)];
    expect(combine(paths, Float64Array.of(0.3, 0.1, 0.3, 0.3), 1)[0]).toBeCloseTo(2);
  });

  it('they tell what they are made of', () => {
    const fitted = new Ensemble(members, { horizon: 14 * day, folds: 8 }).fitAlone(daily(made(70, week)));
    if ('unfit' in fitted) throw new Error(fitted.unfit);
    expect(fitted.shares.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
    expect(fitted.coverage(0.8)).toBeGreaterThan(0.5);
  });
});

describe('steps', () => {
  const history = (length: number, step: number) => ({
    t: Float64Array.from({ length }, (_, i) => i * step),
    v: made(length, (i, noise) => 10 + 5 * Math.sin((2 * Math.PI * i * step) / day) + noise),
    step,
  });

  it('stay as they are for days and hours, and become hours where they are finer and the horizon is long', () => {
    expect(coarseness(history(61, day), 30)).toBe(1);
    expect(coarseness(history(1464, day / 24), 720)).toBe(1);
    expect(coarseness(history(8640, day / 288), 30 * 288)).toBe(12);
    expect(coarseness(history(2000, 1000), 60)).toBe(1);
  });

  it('that are coarser are means, the newest whole', () => {
    expect(coarsened(Float64Array.of(9, 1, 3, 5, 7), 2)).toEqual(Float64Array.of(2, 6));
  });

  it('of minutes keep the shape of their day', () => {
    const minutes = history(14 * 288, day / 288);
    const fitted = new Ensemble(members, { horizon: 2 * day, folds: 5 }).fitAlone(minutes);
    if ('unfit' in fitted) throw new Error(fitted.unfit);
    const { yhat } = fitted.forecast(576, []);
    const off = yhat.map((value, h) => Math.abs(value - 10 - 5 * Math.sin((2 * Math.PI * h) / 288)));
    expect(off.reduce((sum, each) => sum + each / 576, 0)).toBeLessThan(0.7);
  });
});

describe('a grid', () => {
  it('takes the usual distance for its step, means for what falls together, and counts what it did', () => {
    const t = Float64Array.of(0, 10, 10, 22, 40, 50, 60, 70);
    const { history, duplicates, gaps, uneven } = toGrid({
      t,
      v: Float64Array.of(1, 2, 4, 5, 6, missing, 7, 8),
    });
    expect(history.step).toBe(10);
    expect([...history.v]).toEqual([1, 3, 5, missing, 6, missing, 7, 8]);
    expect({ duplicates, gaps, uneven }).toEqual({ duplicates: 1, gaps: 2, uneven: 1 });
  });

  it('has one cell a month for years of months', () => {
    const t = Float64Array.from({ length: 72 }, (_, i) => Date.UTC(2018, i, 1));
    const { history, gaps, duplicates, uneven } = toGrid({ t, v: t });
    expect(history.v).toHaveLength(72);
    expect({ gaps, duplicates, uneven }).toEqual({ gaps: 0, duplicates: 0, uneven: 0 });
  });

  it('is refused where it would be nearly empty, or has no step', () => {
    const far = Float64Array.of(0, 1, 2, 1e9);
    expect(() => toGrid({ t: far, v: far })).toThrow('the grid would be nearly empty');
    expect(() => toGrid({ t: Float64Array.of(5, 5), v: far })).toThrow('less than two different times');
  });
});

describe('gaps', () => {
  it('are bridged by a line, or by the season before where they are long', () => {
    expect([...fillGaps(Float64Array.of(missing, 1, missing, 3), 1)]).toEqual([1, 2, 3]);
    expect([...fillGaps(Float64Array.of(1, 2, missing, missing, missing, 4), 2)]).toEqual([1, 2, 1, 2, 1, 4]);
  });
});
