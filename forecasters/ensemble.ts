import type { FittedForecaster, Forecast, Forecaster, History, Regressor } from '../core/forecaster.ts';
import { median } from '../core/stats.ts';
import { type Backtest, backtest } from './backtest.ts';
import { type Coarse, coarse, DayShape } from './coarsen.ts';
import { combine, errorsOf, weightsOf } from './combine.ts';
import {
  chanceBeyond,
  type ErrorModel,
  errorModel,
  type FoldErrors,
  halfWidth,
  intervalOf,
} from './conformal.ts';
import type { Course, PathMethod } from './path-method.ts';
import { regress } from './regression.ts';
import { seasonOf, stepsOfDay } from './season.ts';
import { FittedWithRegressors, withoutEffects } from './with-regressors.ts';

/** How far ahead (ms) it is to look, and how many earlier times it is tried on. */
export interface EnsembleOptions {
  readonly horizon: number;
  readonly folds: number;
  /** How much of an interval is learned from the series' own errors, the rest from simulated series; .4 when left out. */
  readonly own?: number;
}

const usualOwn = 0.4;
/** Regressors are heard when the error at earlier times falls to this share of what it was without them. */
const worthIt = 0.95;

/** A method as it entered: its weight, and its typical error at earlier times (NaN: it could not say). */
export interface MethodShare {
  readonly name: string;
  readonly weight: number;
  readonly error: number;
}

/** A power of two near the largest value: inside, values are about 1, so that no square of theirs overflows. */
function unitOf(v: Float64Array): number {
  const most = v.reduce((top, value) => (Math.abs(value) > top ? Math.abs(value) : top), 0);
  return most > 0 ? 2 ** Math.max(-1000, Math.floor(Math.log2(most))) : 1;
}

/** A fitted ensemble, which tells what it is made of. */
export class FittedEnsemble implements FittedForecaster {
  readonly #history: History;
  readonly #coarse: Coarse;
  readonly #course: Course;
  readonly #methods: readonly PathMethod[];
  readonly #weights: Float64Array;
  readonly #model: ErrorModel;
  /** What one of the inner values is worth. */
  readonly #unit: number;
  readonly shares: readonly MethodShare[];
  /** Errors of the ensemble at earlier times, truth - forecast by steps ahead, the newest first. */
  readonly foldErrors: readonly FoldErrors[];

  constructor(history: History, methods: readonly PathMethod[], options: EnsembleOptions) {
    const steps = Math.max(1, Math.ceil(options.horizon / history.step));
    this.#history = history;
    this.#methods = methods;
    this.#unit = unitOf(history.v);
    this.#coarse = coarse({ ...history, v: history.v.map(value => value / this.#unit) }, steps);
    const { t, y, k, step } = this.#coarse;
    this.#course = { t, y, season: seasonOf(step, y.length), day: stepsOfDay(step) };
    const test = backtest(this.#course, methods, { horizon: Math.ceil(steps / k), count: options.folds });
    const errors = errorsOf(test, y, methods.length);
    this.#weights = weightsOf(errors, { scale: median(y.map(Math.abs)), length: y.length });
    this.shares = methods.map(({ name }, i) => ({
      name,
      weight: this.#weights[i]!,
      error: errors[i]! * this.#unit,
    }));
    const inner = this.#foldErrors(test);
    this.foldErrors = inner.map(fold => fold.map(error => error * this.#unit));
    this.#model = errorModel(inner, y, { per: k, own: options.own ?? usualOwn });
  }

  #foldErrors(test: Backtest): FoldErrors[] {
    const { k, fine, truth, fineSeason } = this.#coarse;
    return test.origins.map((origin, fold) => {
      const paths = test.paths[fold]!;
      const steps = paths.find(path => path !== undefined)?.length ?? 0;
      const known = origin * k;
      const shape = new DayShape(fine.subarray(0, known), k, fineSeason);
      const path = shape.laidOver(combine(paths, this.#weights, steps), steps * k);
      return path.map((value, h) => truth[known + h]! - value);
    });
  }

  /** Share of the truths of each fold that lay inside the interval which the other folds would have given; NaN of none. */
  coverage(level: number): number {
    const { y, k } = this.#coarse;
    let inside = 0;
    let all = 0;
    const inner = this.foldErrors.map(fold => fold.map(error => error / this.#unit));
    inner.forEach((fold, left) => {
      const others = inner.filter((_, i) => i !== left);
      const model = errorModel(others, y, { per: k, own: this.#model.own });
      fold.forEach((error, h) => {
        if (Number.isNaN(error)) return;
        all++;
        if (Math.abs(error) <= halfWidth(model, level, h + 1)) inside++;
      });
    });
    return inside / all;
  }

  /** Mean absolute error over all folds and steps ahead; 0 without any fold. */
  get meanError(): number {
    let sum = 0;
    let count = 0;
    for (const fold of this.foldErrors)
      for (const error of fold) {
        if (Number.isNaN(error)) continue;
        sum += Math.abs(error);
        count++;
      }
    return count > 0 ? sum / count : 0;
  }

  /** Typical size of the errors that the intervals are made of. */
  get typicalError(): number {
    return this.#model.scale * this.#unit;
  }

  /** P(the series lies at or above `limit[h]`) for each step h ahead. */
  chanceAbove(limit: Float64Array): Float64Array {
    const { yhat } = this.forecast(limit.length, []);
    return limit.map((value, h) => chanceBeyond(this.#model, (value - yhat[h]!) / this.#unit, h + 1));
  }

  /** Whether any method can say anything of so short a history. */
  get able(): boolean {
    return this.#methods.some(method => method.path(this.#course, 1) !== undefined);
  }

  forecast(steps: number, levels: readonly number[]): Forecast {
    const { k, fine, fineSeason } = this.#coarse;
    const ahead = Math.ceil(steps / k);
    const paths = this.#methods.map(method => method.path(this.#course, ahead));
    const path = combine(paths, this.#weights, ahead);
    const yhat = new DayShape(fine, k, fineSeason).laidOver(path, steps);
    const last = this.#history.t[this.#history.t.length - 1]!;
    const scaled = (values: Float64Array) => values.map(value => value * this.#unit);
    return {
      t: yhat.map((_, h) => last + (h + 1) * this.#history.step),
      yhat: scaled(yhat),
      intervals: levels.map(level => {
        const { lower, upper } = intervalOf(this.#model, yhat, level);
        return { level, lower: scaled(lower), upper: scaled(upper) };
      }),
    };
  }
}

/** Several methods, each with a say by how it did at earlier times in this very series. */
export class Ensemble implements Forecaster {
  readonly #methods: readonly PathMethod[];
  readonly #options: EnsembleOptions;

  constructor(methods: readonly PathMethod[], options: EnsembleOptions) {
    this.#methods = methods;
    this.#options = options;
  }

  fit(history: History, regressors: readonly Regressor[] = []) {
    return regressors.length === 0 ? this.fitAlone(history) : this.fitWith(history, regressors);
  }

  /** From its own past alone. */
  fitAlone(history: History): FittedEnsemble | { readonly unfit: string } {
    const known = history.v.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
    if (known === 0) return { unfit: 'there is no value in the history' };
    const fitted = new FittedEnsemble(history, this.#methods, this.#options);
    return fitted.able ? fitted : { unfit: `${known} values are too few for it` };
  }

  /**
   * The same with regressors. Those with a known effect are taken off; those that are learned are heard where they foretell the
   * series better at earlier times than its own past does. A bare FittedEnsemble where none is left.
   */
  fitWith(
    history: History,
    regressors: readonly Regressor[],
  ): FittedEnsemble | FittedWithRegressors | { readonly unfit: string } {
    const given = regressors.flatMap(({ name, effect }) =>
      effect === undefined ? [] : [{ name, coefficient: effect }],
    );
    const plain = given.length === 0 ? history : withoutEffects(history, given, regressors);
    const alone = this.fitAlone(plain);
    if ('unfit' in alone) return alone;
    const without = given.length === 0 ? alone : new FittedWithRegressors(alone, given, regressors);
    const learned = regress(
      plain.v,
      regressors.filter(({ effect }) => effect === undefined),
    );
    if (learned === undefined) return without;
    const rest = this.fitAlone(withoutEffects(plain, learned, regressors));
    if ('unfit' in rest || rest.meanError > worthIt * alone.meanError) return without;
    return new FittedWithRegressors(rest, [...given, ...learned], regressors);
  }
}
