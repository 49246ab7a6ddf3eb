import type { Interval } from '../core/forecaster.ts';
import { quantileSorted, sortedFinite } from '../core/stats.ts';
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

/** Learns from the errors of rolling origins over the course `y` how wide an interval must be. */
export function errorModel(folds: readonly FoldErrors[], y: Float64Array, per: number): ErrorModel {
  const length = y.length;
  const errors = pool(folds, error => error);
  const scale = errors.length > 0 ? typicalSize(errors) : y.length > 1 ? typicalSize(moves(y)) : 0;
  const ratios = pool(folds, (error, h) =>
    scale > 0 ? Math.abs(error) / (scale * priorQuantile(0.5, { ahead: (h + 1) / per, length })) : 0,
  );
  return { scale, ratios: sortedFinite(ratios), length, folds: folds.length, per };
}

/** How much of the quantile is the series' own on the logarithmic scale, the rest is the prior's. */
function ownShare(folds: number): number {
  return Math.min(0.5, folds / 24);
}

/**
 * Half the width of an interval of this level, `ahead` steps (from 1) on: the geometric mean of the quantile of the
 * series' own fold errors (split conformal, Vovk et al. 2005, with the growth over the horizon taken from the prior) and of
 * the prior's quantile for a history of this length, both in units of the series' own mean error.
 */
export function halfWidth(model: ErrorModel, level: number, ahead: number): number {
  const { scale, ratios, length, per } = model;
  if (scale === 0) return 0;
  const at = { ahead: ahead / per, length };
  const prior = scale * priorQuantile(level, at);
  if (ratios.length === 0) return prior;
  const own =
    scale * priorQuantile(0.5, at) * quantileSorted(ratios, Math.min(1, level * (1 + 1 / ratios.length)));
  const share = ownShare(model.folds);
  return own > 0 ? own ** share * prior ** (1 - share) : prior;
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
