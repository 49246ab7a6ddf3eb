import { fitIsotonic, type Isotonic, isotonicAt } from './incident-odds-isotonic.ts';

/** How the members' log odds become one chance. */
export interface Blend {
  /** Share of each member. */
  readonly weights: readonly number[];
  readonly calibration: Isotonic;
}

/** What the members said of rows that they had not learned from, one array a member, and what came. */
export interface Unseen {
  readonly odds: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Weights are tried in steps of one in so many. */
const steps = 5;
/** Few rows bend the calibration by chance: it moves the odds part of the way. */
const trust = 0.3;

/** All ways to share `left` steps among `members`. */
function shares(members: number, left: number): readonly (readonly number[])[] {
  if (members === 1) return [[left]];
  return Array.from({ length: left + 1 }, (_, first) =>
    shares(members - 1, left - first).map(rest => [first, ...rest]),
  ).flat();
}

function mixed(odds: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return odds[0]!.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * odds[k]![i]!, 0));
}

/** Mean squared distance to what came, weighed. */
function brierOf(odds: Float64Array, { y, weight }: Unseen): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += weight[i]! * (sigmoid(odds[i]!) - y[i]!) ** 2;
  return sum;
}

/** The shares of the least Brier score on unseen rows, half way to equal ones, and what makes the outcome honest. */
export function fitBlend(unseen: Unseen): Blend {
  const members = unseen.odds.length;
  const ways = shares(members, steps).map(way => way.map(step => step / steps));
  const scored = ways.map(weights => ({ weights, score: brierOf(mixed(unseen.odds, weights), unseen) }));
  const best = scored.reduce((a, b) => (b.score < a.score ? b : a)).weights;
  const weights = best.map(weight => (weight + 1 / members) / 2);
  const chances = mixed(unseen.odds, weights).map(sigmoid);
  return { weights, calibration: fitIsotonic(chances, unseen.y, unseen.weight) };
}

/** The chance that a blend tells of the members' log odds. */
export function blended({ weights, calibration }: Blend, odds: readonly number[]): number {
  const raw = sigmoid(weights.reduce((sum, weight, k) => sum + weight * odds[k]!, 0));
  return trust * isotonicAt(calibration, raw) + (1 - trust) * raw;
}
