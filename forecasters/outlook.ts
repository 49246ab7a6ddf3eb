import type { Exhaustion } from '../core/capacity.ts';
import type { Forecast, History, Regressor } from '../core/forecaster.ts';
import { boundsOf, clamped } from './bounds.ts';
import { Ensemble, type FittedEnsemble } from './ensemble.ts';
import { exhaustion } from './exhaustion.ts';
import { members } from './forecasters.ts';
import { addedBy, type Effect } from './regression.ts';
import { FittedWithRegressors, withoutEffects } from './with-regressors.ts';

/** A resource that is looked ahead of. */
export interface OutlookQuestion {
  readonly history: History;
  readonly regressors: readonly Regressor[];
  /** ms. */
  readonly horizon: number;
  /** What it cannot pass, or must not; NaN: none is known. */
  readonly limit: number;
}

/** Earlier times that each method is tried at. */
const folds = 15;

/** The forecast of one resource, and when it is full. Made by `lookAhead`; it only reads. */
export class Outlook {
  readonly #question: OutlookQuestion;
  readonly #steps: number;
  readonly fitted: FittedEnsemble | FittedWithRegressors;

  constructor(question: OutlookQuestion, fitted: FittedEnsemble | FittedWithRegressors) {
    this.#question = question;
    this.#steps = Math.max(1, Math.round(question.horizon / question.history.step));
    this.fitted = fitted;
  }

  /** How regressors move it; empty where none foretells anything. */
  get effects(): readonly Effect[] {
    return this.fitted instanceof FittedWithRegressors ? this.fitted.effects : [];
  }

  /** Inside of what the series can be; `regressors` are the given ones, or the same with other futures. */
  forecast(levels: readonly number[], regressors = this.#question.regressors): Forecast {
    const asked = { steps: this.#steps, levels };
    const free =
      this.fitted instanceof FittedWithRegressors
        ? this.fitted.forecastUnder(regressors, asked)
        : this.fitted.forecast(this.#steps, levels);
    return clamped(free, boundsOf(this.#question.history, this.#question.limit));
  }

  /** When it is full. What regressors add is taken off the series and off the limit alike. */
  exhaustion(regressors = this.#question.regressors): Exhaustion {
    const { history, limit, horizon } = this.#question;
    const bad = limit <= 0 && history.v.some(value => value > limit) ? 'below' : 'above';
    const flat = new Float64Array(this.#steps).fill(limit);
    if (this.effects.length === 0) return exhaustion(history, { limit: flat, bad, horizon });
    const added = addedBy(this.effects, regressors, 'future');
    const rest = withoutEffects(history, this.effects, regressors);
    return exhaustion(rest, { limit: flat.map((value, h) => value - added[h]!), bad, horizon });
  }

  /** What a reader must know beside the numbers, in sentences. */
  get notes(): readonly string[] {
    const { history, regressors, horizon, limit } = this.#question;
    const values = history.v.filter(value => !Number.isNaN(value));
    const heard = new Set(this.effects.map(({ name }) => name));
    const tried = regressors.filter(({ effect }) => effect === undefined);
    const told: readonly (string | false)[] = [
      this.fitted.foldErrors.length === 0 &&
        `${values.length} values are too few to try any method on: the intervals are those of simulated series`,
      horizon > history.v.length * history.step &&
        'the horizon is longer than the history: what comes more seldom is not known',
      values.every(value => value === values[0]) &&
        'all values are equal: nothing is known of how it may move',
      limit > 0 && values.some(value => value < 0) && 'some values are negative: 0 is no lower bound',
      limit > 0 &&
        values.some(value => value > limit) &&
        'some values lie above the limit: it is no upper bound',
      tried.length > 0 &&
        !tried.some(({ name }) => heard.has(name)) &&
        'the regressors foretell nothing that its own past does not: they were left out, and a scenario changes nothing',
    ];
    return told.filter(note => note !== false);
  }
}

/** Fits all methods on a resource; or says why nothing can be said. */
export function lookAhead(question: OutlookQuestion): Outlook | { readonly unfit: string } {
  const { history, regressors, horizon } = question;
  const fitted = new Ensemble(members, { horizon, folds }).fit(history, regressors);
  return 'unfit' in fitted ? fitted : new Outlook(question, fitted);
}
