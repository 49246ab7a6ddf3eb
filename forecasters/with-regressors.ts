import type { FittedForecaster, Forecast, History, Regressor } from '../core/forecaster.ts';
import type { FoldErrors } from './conformal.ts';
import type { FittedEnsemble, MethodShare } from './ensemble.ts';
import { addedBy, type Effect } from './regression.ts';

/** A series as what its regressors add and a rest that other methods forecast. */
export class FittedWithRegressors implements FittedForecaster {
  readonly #regressors: readonly Regressor[];
  readonly effects: readonly Effect[];
  /** What forecasts the rest. */
  readonly rest: FittedEnsemble;

  constructor(rest: FittedEnsemble, effects: readonly Effect[], regressors: readonly Regressor[]) {
    this.rest = rest;
    this.effects = effects;
    this.#regressors = regressors;
  }

  /** The methods that forecast the rest. */
  get shares(): readonly MethodShare[] {
    return this.rest.shares;
  }

  /** Errors at earlier times, the regressors known. */
  get foldErrors(): readonly FoldErrors[] {
    return this.rest.foldErrors;
  }

  /** Of the intervals at earlier times, the regressors known. */
  coverage(level: number): number {
    return this.rest.coverage(level);
  }

  /** With the regressors' futures as they were given; a RangeError when they are shorter than that. */
  forecast(steps: number, levels: readonly number[]): Forecast {
    return this.forecastUnder(this.#regressors, { steps, levels });
  }

  /** P(the series lies at or above `limit[h]`) for each step h ahead, with the regressors' given futures. */
  chanceAbove(limit: Float64Array): Float64Array {
    const added = addedBy(this.effects, this.#regressors, 'future');
    return this.rest.chanceAbove(limit.map((value, h) => value - added[h]!));
  }

  /** With other futures of the same regressors: what if. A planned future is certain, one of its own forecast is not. */
  forecastUnder(
    regressors: readonly Regressor[],
    { steps, levels }: { readonly steps: number; readonly levels: readonly number[] },
  ): Forecast {
    const short = regressors.find(({ future }) => future.length < steps);
    if (short !== undefined)
      throw new RangeError(
        `regressor ${short.name} is known ${short.future.length} steps ahead, ${steps} are asked for`,
      );
    const added = addedBy(this.effects, regressors, 'future');
    const spread = spreadOf(this.effects, regressors, steps);
    const { t, yhat, intervals } = this.rest.forecast(steps, levels);
    return {
      t,
      yhat: yhat.map((value, h) => value + added[h]!),
      intervals: intervals.map(({ level, lower, upper }) => {
        const wide = (ends: Float64Array, sign: number) =>
          ends.map((end, h) => {
            const half = Math.hypot(end - yhat[h]!, spread[h]! * widthAt(level));
            return yhat[h]! + added[h]! + sign * half;
          });
        return { level, lower: wide(lower, -1), upper: wide(upper, 1) };
      }),
    };
  }
}

/** How much wider an interval of this level is than one of 80 %, for errors whose tails fall about as exp(-x^2). */
const widthAt = (level: number) => Math.sqrt(Math.log(1 - level) / Math.log(0.2));

/** Half of the 80 % interval of what regressors add whose future is not planned, independent errors added up. */
function spreadOf(effects: readonly Effect[], regressors: readonly Regressor[], steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, h) =>
    Math.hypot(
      ...effects.map(({ name, coefficient }) => {
        const spread = regressors.find(each => each.name === name)?.futureSpread;
        return coefficient * (spread?.[h] ?? 0);
      }),
    ),
  );
}

/** The history without what the regressors add. */
export function withoutEffects(
  history: History,
  effects: readonly Effect[],
  regressors: readonly Regressor[],
): History {
  const added = addedBy(effects, regressors, 'past');
  return { ...history, v: history.v.map((value, i) => value - added[i]!) };
}
