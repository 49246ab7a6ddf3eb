import type { CapacityForecast, Exhaustion } from '../core/capacity.ts';
import type { Forecast, History, Regressor } from '../core/forecaster.ts';
import { boundsOf, clamped } from '../forecasters/bounds.ts';
import { Ensemble, type FittedEnsemble } from '../forecasters/ensemble.ts';
import { exhaustion } from '../forecasters/exhaustion.ts';
import { members } from '../forecasters/forecasters.ts';
import type { HolidayCalendar } from '../forecasters/holiday-calendar.ts';
import { holidayRegressors } from '../forecasters/holiday-effects.ts';
import { addedBy } from '../forecasters/regression.ts';
import { FittedWithRegressors, withoutEffects } from '../forecasters/with-regressors.ts';
import { capacityLevels, type WidthFactors } from './capacity-calibration.ts';
import { growthCauses } from './capacity-causes.ts';
import { type CapacityHistory, limitNow, usedHistory } from './capacity-history.ts';
import { type CapacityPlan, plannedRegressors } from './capacity-plan.ts';
import { day } from './capacity-reads.ts';

/** One resource that is to be forecast. */
export interface CapacityTask {
  readonly history: CapacityHistory;
  readonly factors: WidthFactors;
  readonly unit: string;
}

export interface CapacityHow {
  /** Days ahead. */
  readonly days: number;
  /** When it is made, ms. */
  readonly madeAt: number;
  /** Public holidays that may move what is used. */
  readonly calendars: readonly HolidayCalendar[];
  /** What is planned; empty is nothing. */
  readonly plan: CapacityPlan;
}

/** Fewer days than these tell no course. */
const fewestDays = 3;
/** Earlier times of the history that the ensemble is tried on. */
const folds = 8;

function widened({ t, yhat, intervals }: Forecast, factors: WidthFactors): Forecast {
  return {
    t,
    yhat,
    intervals: intervals.map(({ level, lower, upper }, k) => {
      const factor = factors[k === 0 ? 0 : 1];
      const moved = (ends: Float64Array) => ends.map((end, h) => yhat[h]! + (end - yhat[h]!) * factor);
      return { level, lower: moved(lower), upper: moved(upper) };
    }),
  };
}

/** Since the end of which day, ms, the newest days lie at the limit or above it; undefined when the newest does not. */
function fullSince({ t, v }: History, limit: number): number | undefined {
  let since: number | undefined;
  for (let i = v.length - 1; i >= 0; i--) {
    if (Number.isNaN(v[i]!)) continue;
    if (!(v[i]! >= limit)) break;
    since = t[i]!;
  }
  return since;
}

/** So many times the way to the upper end of the widest interval: no date needs to be looked for. */
const farOff = 3;

function isFarOff({ yhat, intervals }: Forecast, limit: number): boolean {
  const widest = intervals.at(-1);
  return widest !== undefined && yhat.every((y, h) => y + farOff * (widest.upper[h]! - y) < limit);
}

/** Everything that the date of full is told by; `plain` has intervals that no outcome has widened yet. */
interface Course {
  readonly history: History;
  readonly limit: number;
  readonly plain: Forecast;
  readonly fitted: FittedEnsemble | FittedWithRegressors;
  readonly regressors: readonly Regressor[];
}

/** When the resource is full; what is full already is said with its first day. */
function exhaustionOf({ history, limit, plain, fitted, regressors }: Course): Exhaustion {
  const since = fullSince(history, limit);
  if (since !== undefined)
    return { state: 'over', reason: `full since ${new Date(since - day).toISOString().slice(0, 10)}` };
  if (isFarOff(plain, limit))
    return {
      state: 'clear',
      reason: `the limit is more than ${farOff} times as far away as the interval of 95 % reaches`,
    };
  const horizon = plain.t.length * day;
  if (!(fitted instanceof FittedWithRegressors))
    return exhaustion(history, { limit: Float64Array.of(limit), bad: 'above', horizon });
  // What regressors add is taken off the series and off the limit alike.
  const rest = withoutEffects(history, fitted.effects, regressors);
  const left = addedBy(fitted.effects, regressors, 'future').map(added => limit - added);
  return exhaustion(rest, { limit: left, bad: 'above', horizon });
}

/** Nothing is forecast: the reason stands where the date would. */
function nothing(task: CapacityTask, { madeAt }: CapacityHow, reason: string): CapacityForecast {
  const { pack, resource, entity } = task.history;
  const none = new Float64Array(0);
  return {
    ...{ pack, resource, entity, unit: task.unit, madeAt },
    history: usedHistory(task.history),
    forecast: { t: none, yhat: none, intervals: [] },
    limit: limitNow(task.history),
    exhaustion: { state: 'unknown', reason },
    causes: [],
    methods: [],
  };
}

function made(task: CapacityTask, how: CapacityHow): CapacityForecast {
  const { history: known, factors, unit } = task;
  const history = usedHistory(known);
  const limit = limitNow(known);
  const count = history.v.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  if (count < fewestDays)
    return nothing(task, how, `${count} days are known, ${fewestDays} are needed to tell how it goes on`);
  const { days, calendars, plan } = how;
  const regressors = [
    ...plannedRegressors(known, plan, days),
    ...holidayRegressors(history, { calendars, steps: days, stamp: 'end' }),
  ];
  const fitted = new Ensemble(members, { horizon: days * day, folds }).fit(history, regressors);
  if ('unfit' in fitted) return nothing(task, how, fitted.unfit);
  const plain = fitted.forecast(days, capacityLevels);
  const { pack, resource, entity } = known;
  return {
    ...{ pack, resource, entity, unit, history, limit },
    forecast: clamped(widened(plain, factors), boundsOf(history, limit)),
    exhaustion: exhaustionOf({ history, limit, plain, fitted, regressors }),
    causes: growthCauses(known, days),
    madeAt: how.madeAt,
    methods: fitted.shares.filter(({ weight }) => weight > 0).map(({ name, weight }) => ({ name, weight })),
  };
}

/** Forecasts one resource. A history that tells nothing, or that a method cannot bear, is an answer with its reason. */
export function forecastCapacity(task: CapacityTask, how: CapacityHow): CapacityForecast {
  try {
    return made(task, how);
  } catch (error) {
    return nothing(task, how, `it cannot be forecast: ${error instanceof Error ? error.message : error}`);
  }
}
