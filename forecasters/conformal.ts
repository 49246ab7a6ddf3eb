import type { Interval } from '../core/forecaster.ts';
import { median, quantileSorted, sortedFinite } from '../core/stats.ts';
import { priorQuantile } from './prior.ts';

/** Errors of one fold, truth - forecast, by steps ahead; NaN where the truth is missing. */
export type FoldErrors = Float64Array;

/** What the folds say of the errors to come. */
export interface ErrorModel {
  /** Typical size of an error over all folds and steps ahead. */
  readonly scale: number;
  /** |error| / (scale x what the prior gives for the median at that step), sorted. */
  readonly ratios: Float64Array;
  /** Values that the history holds. */
  readonly length: number;
  /** Folds that were looked at. */
  readonly folds: number;
  /** Steps ahead that count as one for the prior. */
  readonly per: number;
  /** Standard deviation of the history. */
  readonly spread: number;
  /** Its median, where 0 means nothing at all, as it does for what was never negative; else 0. */
  readonly level: number;
  /** How much of a quantile is the series' own, on the logarithmic scale; the rest is the prior's. */
  readonly own: number;
}

/** Steps ahead that count as one for the prior, and how much of a quantile is the series' own (0 to 1). */
export interface ErrorModelOptions {
  readonly per: number;
  readonly own: number;
}

function pool(folds: readonly FoldErrors[], each: (error: number, h: number) => number): Float64Array {
  const out: number[] = [];
  for (const fold of folds)
    for (let h = 0; h < fold.length; h++) if (!Number.isNaN(fold[h])) out.push(each(fold[h]!, h));
  return Float64Array.from(out);
}

/** (mean sqrt |x|)^2: the typical size, which one burst does not decide; NaN of nothing. */
export function typicalSize(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += Math.sqrt(Math.abs(value));
  return (sum / values.length) ** 2;
}

/** The steps between neighbours, the only errors that a history too short for folds can show. */
function moves(y: Float64Array): Float64Array {
  return y.subarray(1).map((value, i) => value - y[i]!);
}

function deviation(y: Float64Array): number {
  const mean = y.reduce((sum, value) => sum + value / y.length, 0);
  return Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2 / y.length, 0));
}

/** Learns from the errors of rolling origins over the course `y` how wide an interval must be. */
export function errorModel(
  folds: readonly FoldErrors[],
  y: Float64Array,
  options: ErrorModelOptions,
): ErrorModel {
  const { per } = options;
  const length = y.length;
  const errors = pool(folds, error => error);
  const scale = errors.length > 0 ? typicalSize(errors) : y.length > 1 ? typicalSize(moves(y)) : 0;
  const ratios = pool(folds, (error, h) =>
    scale > 0 ? Math.abs(error) / (scale * priorQuantile(0.5, { ahead: (h + 1) / per, length })) : 0,
  );
  const level = y.some(value => value < 0) ? 0 : median(y);
  return {
    ...options,
    scale,
    ratios: sortedFinite(ratios),
    length,
    folds: folds.length,
    spread: deviation(y),
    level,
  };
}

/** Folds from which on a series has its whole say. */
const enoughFolds = 10;
/** How much of the prior's unit is the spread of the history rather than the size of its errors. */
const spreadShare = 0.15;

/** 0 up to a level of 80 %, 1 at 95 %, more beyond. */
const tailOf = (level: number) => Math.max(0, Math.log(0.2 / (1 - level)) / Math.log(4));

/**
 * The unit of the prior's quantiles: the typical error, and a little of how far the series has moved in its history;
 * towards the tails of its level too, as what stood still for weeks may be switched off tomorrow.
 */
function unitOf({ scale, spread, level }: ErrorModel, at: number): number {
  return scale ** (1 - spreadShare) * (spread + tailOf(at) * level) ** spreadShare;
}

/**
 * Half the width of an interval of this level, `ahead` steps (from 1) on: the geometric mean of the quantile of the
 * series' own fold errors (split conformal, Vovk et al. 2005, with the growth over the horizon taken from the prior) and of
 * the prior's quantile for a history of this length.
 */
export function halfWidth(model: ErrorModel, level: number, ahead: number): number {
  const { scale, ratios, length, per } = model;
  if (scale === 0) return 0;
  const at = { ahead: Math.max(1, ahead / per), length };
  const prior = unitOf(model, level) * priorQuantile(level, at);
  const own =
    scale * priorQuantile(0.5, at) * quantileSorted(ratios, Math.min(1, level * (1 + 1 / ratios.length)));
  const most = model.own * Math.min(1, model.folds / enoughFolds);
  // Where its own errors are the larger ones the share stays: a higher level is never a narrower interval.
  const share = own > prior ? most : most / (1 + tailOf(level));
  return own > 0 ? own ** share * prior ** (1 - share) : prior;
}

/** The widest level that is looked for. */
const widest = 0.999;

/** P(the truth lies above yhat + `distance`), `ahead` steps on: the level whose interval just reaches there, one side of it. */
export function chanceBeyond(model: ErrorModel, distance: number, ahead: number): number {
  if (model.scale === 0) return distance <= 0 ? 1 : 0;
  const size = Math.abs(distance);
  let low = 0;
  let high = widest;
  for (let k = 0; k < 14; k++) {
    const middle = (low + high) / 2;
    if (halfWidth(model, middle, ahead) < size) low = middle;
    else high = middle;
  }
  const beyond = (1 - low) / 2;
  return distance > 0 ? beyond : 1 - beyond;
}

/** The interval around a path. */
export function intervalOf(model: ErrorModel, yhat: Float64Array, level: number): Interval {
  const half = yhat.map((_, h) => halfWidth(model, level, h + 1));
  return {
    level,
    lower: yhat.map((value, h) => value - half[h]!),
    upper: yhat.map((value, h) => value + half[h]!),
  };
}
