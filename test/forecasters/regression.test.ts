import { describe, expect, it } from 'vitest';
import type { Regressor } from '../../core/forecaster.ts';
import { Ensemble } from '../../forecasters/ensemble.ts';
import { members } from '../../forecasters/forecasters.ts';
import { addedBy, regress } from '../../forecasters/regression.ts';
import { FittedWithRegressors } from '../../forecasters/with-regressors.ts';
import { daily, day, made } from './series.ts';

const traffic = made(90, (i, noise) => 100 + 10 * Math.sin(i) + 20 * noise, 5);
const plan = new Float64Array(10).fill(100);
const regressor = (past: Float64Array, name = 'traffic'): Regressor => ({ name, past, future: plan });
const ensemble = new Ensemble(members, { horizon: 10 * day, folds: 10 });

describe('what moves a series', () => {
  it('is found with its coefficient', () => {
    const v = made(90, (i, noise) => 5 + 0.3 * traffic[i]! + noise);
    const [effect] = regress(v, [regressor(traffic)])!;
    expect(effect!.coefficient).toBeGreaterThan(0.27);
    expect(effect!.coefficient).toBeLessThan(0.33);
  });

  it('is told apart where there are two', () => {
    const users = made(90, (_, noise) => 50 + 30 * noise, 9);
    const v = made(90, (i, noise) => 0.3 * traffic[i]! - 0.5 * users[i]! + noise);
    const effects = regress(v, [regressor(traffic), regressor(users, 'users')])!;
    expect(effects[0]!.coefficient).toBeCloseTo(0.3, 1);
    expect(effects[1]!.coefficient).toBeCloseTo(-0.5, 1);
  });

  it('is not what merely grows too', () => {
    const climb = (seed: number) => {
      const steps = made(90, (_, noise) => 1 + noise, seed);
      return steps.map((_, i) => steps.subarray(0, i + 1).reduce((sum, step) => sum + step, 0));
    };
    const [one, other] = [climb(11), climb(12)];
    const [effect] = regress(one, [regressor(other)])!;
    expect(Math.abs(effect!.coefficient)).toBeLessThan(0.4);
  });

  it('is nothing where it never moved, or where there are too few rows', () => {
    expect(regress(traffic, [regressor(new Float64Array(90).fill(3))])).toBeUndefined();
    expect(regress(traffic.subarray(0, 6), [regressor(traffic.subarray(0, 6))])).toBeUndefined();
  });

  it('bridges the gaps of both', () => {
    const holed = traffic.map((value, i) => (i % 11 === 0 ? Number.NaN : value));
    const v = made(90, i => (i % 13 === 0 ? Number.NaN : 0.3 * traffic[i]!));
    expect(regress(v, [regressor(holed)])![0]!.coefficient).toBeCloseTo(0.3, 1);
  });
});

describe('what if', () => {
  const history = daily(made(90, (i, noise) => 5 + 0.3 * traffic[i]! + noise));

  it('moves the forecast by the coefficient times the change', () => {
    const fitted = ensemble.fit(history, [regressor(traffic)]);
    if (!(fitted instanceof FittedWithRegressors)) throw new Error('the regressor was left out');
    const asked = { steps: 10, levels: [0.8] };
    const as = fitted.forecast(10, [0.8]);
    const doubled = { ...regressor(traffic), future: plan.map(value => 2 * value) };
    const what = fitted.forecastUnder([doubled], asked);
    expect(as.yhat[0]!).toBeCloseTo(35, -0.5);
    expect(what.yhat[3]! - as.yhat[3]!).toBeCloseTo(100 * fitted.effects[0]!.coefficient);
    expect(what.intervals[0]!.upper[3]! - as.intervals[0]!.upper[3]!).toBeCloseTo(
      what.yhat[3]! - as.yhat[3]!,
    );
  });

  it('is less sure where the future of a regressor is its own forecast', () => {
    const fitted = ensemble.fit(history, [regressor(traffic)]);
    if (!(fitted instanceof FittedWithRegressors)) throw new Error('the regressor was left out');
    const guessed = { ...regressor(traffic), futureSpread: new Float64Array(10).fill(50) };
    const asked = { steps: 10, levels: [0.8] };
    const [sure, unsure] = [[regressor(traffic)], [guessed]].map(each => fitted.forecastUnder(each, asked));
    expect(unsure!.yhat).toEqual(sure!.yhat);
    expect(unsure!.intervals[0]!.upper[4]! - unsure!.yhat[4]!).toBeGreaterThan(14);
    expect(sure!.intervals[0]!.upper[4]! - sure!.yhat[4]!).toBeLessThan(10);
  });

  it('asks for a plan that is long enough', () => {
    const fitted = ensemble.fit(history, [regressor(traffic)]);
    if ('unfit' in fitted) throw new Error(fitted.unfit);
    expect(() => fitted.forecast(11, [])).toThrow(
      'regressor traffic is known 10 steps ahead, 11 are asked for',
    );
  });

  it('leaves out what foretells nothing', () => {
    const other = made(90, (_, noise) => noise, 77);
    expect(ensemble.fit(history, [regressor(other)])).not.toBeInstanceOf(FittedWithRegressors);
  });
});

describe('what regressors add', () => {
  it('is summed over them', () => {
    const effects = [{ name: 'traffic', coefficient: 2 }];
    expect(addedBy(effects, [regressor(traffic)], 'future')).toEqual(plan.map(value => 2 * value));
  });
});
