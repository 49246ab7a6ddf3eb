import type { ForecastOutcome } from '../core/capacity.ts';

/** Levels whose intervals are served, and the days ahead at which a forecast is looked at again. */
export const capacityLevels = [0.8, 0.95] as const;
export const aheadDays = [1, 7, 30] as const;

/** How much wider than made the interval of each level should be. */
export type WidthFactors = readonly [of80: number, of95: number];

/** A forecast that waits for its day. */
export interface Pending {
  readonly madeAt: number;
  /** The day that it speaks of, ms. */
  readonly due: number;
  readonly predicted: number;
  /** Lower and upper ends by level, in the order of `capacityLevels`. */
  readonly lower: readonly [number, number];
  readonly upper: readonly [number, number];
}

/** An outcome, and whether each level's interval missed it. */
export interface Judged {
  readonly outcome: ForecastOutcome;
  readonly missed: readonly [boolean, boolean];
}

const fewest = 0.2;
const most = 5;
const bounded = (factor: number) => Math.min(most, Math.max(fewest, factor));

/**
 * One step of adaptive conformal inference on the scale of widths (Gibbs and Candes 2021; the quantile tracker of Angelopoulos,
 * Candes and Tibshirani 2023): f <- f exp(rate (missed - (1 - level))). Wherever it starts, the share that is missed in the long
 * run is 1 - level.
 */
export function adapted(
  factors: WidthFactors,
  missed: readonly [number, number],
  rate: number,
): WidthFactors {
  const step = (k: 0 | 1) => bounded(factors[k] * Math.exp(rate * (missed[k] - (1 - capacityLevels[k]))));
  return [step(0), step(1)];
}

/** How fast a resource's own factors move by one outcome, and those of the fleet by the mean of a day. */
export const ownRate = 0.05;
export const fleetRate = 0.3;

/** The factors that are used: the geometric mean of the resource's own and the fleet's, the wider level never the narrower. */
export function joinedFactors(own: WidthFactors, fleet: WidthFactors): WidthFactors {
  return [Math.sqrt(own[0] * fleet[0]), Math.sqrt(own[1] * fleet[1])];
}

/** The mean share of misses by level; undefined of nothing. */
export function missShares(judged: readonly Judged[]): readonly [number, number] | undefined {
  if (judged.length === 0) return undefined;
  const share = (k: 0 | 1) => judged.filter(({ missed }) => missed[k]).length / judged.length;
  return [share(0), share(1)];
}

/** What has come of a forecast. */
export function judge(
  pending: Pending,
  actual: number,
  of: Pick<ForecastOutcome, 'pack' | 'resource' | 'entity'>,
): Judged {
  const { madeAt, due, predicted, lower, upper } = pending;
  const { pack, resource, entity } = of;
  const ends = { lower80: lower[0], upper80: upper[0] };
  const missed = (k: 0 | 1) => actual < lower[k] || actual > upper[k];
  return {
    outcome: { pack, resource, entity, madeAt, ahead: due - madeAt, predicted, ...ends, actual },
    missed: [missed(0), missed(1)],
  };
}
