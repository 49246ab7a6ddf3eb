import type { z } from 'zod';

/** A regular series: `t` in ms, ascending by `step`, and `v` of the same length; NaN is missing. */
export interface History {
  readonly t: Float64Array;
  readonly v: Float64Array;
  /** ms. */
  readonly step: number;
}

/** What else moves a series, known over its history and over the time that is forecast: traffic, users, a launch. */
export interface Regressor {
  readonly name: string;
  /** One value a step of the history; NaN is missing. */
  readonly past: Float64Array;
  /** One value a step ahead, from the user's plan or its own forecast. */
  readonly future: Float64Array;
  /** Half of the 80 % interval of each future value where it is its own forecast; left out: it is planned. */
  readonly futureSpread?: Float64Array;
  /** What one unit of it adds, where that is known already; left out: it is learned. */
  readonly effect?: number;
}

/** P(lower <= y <= upper) should be `level`; each array holds one value a step ahead. */
export interface Interval {
  /** Above 0 and below 1. */
  readonly level: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** One value a step ahead: `t` in ms, the median `yhat`, and its intervals in the order that was asked for. */
export interface Forecast {
  readonly t: Float64Array;
  readonly yhat: Float64Array;
  readonly intervals: readonly Interval[];
}

/** What was learned of one series. */
export interface FittedForecaster {
  /** The `steps` steps after the history's last one. */
  forecast(steps: number, levels: readonly number[]): Forecast;
}

/** One method that forecasts; deterministic. */
export interface Forecaster {
  /** What comes of a history, or why this method cannot say anything of it (a sentence). */
  fit(history: History, regressors: readonly Regressor[]): FittedForecaster | { readonly unfit: string };
}

/** What the register of forecasters holds. */
export interface ForecasterComponent<Options extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  create(options: z.output<Options>): Forecaster;
}
