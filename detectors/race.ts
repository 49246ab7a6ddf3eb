import { z } from 'zod';
import type { FittedDetector } from '../core/detector.ts';
import type { Baseline } from './baseline.ts';
import type { Member } from './class-parts.ts';
import { casesOfKind, faultKinds } from './faults.ts';
import {
  caseKinds,
  combine,
  precisions,
  type RaceCourse,
  randomPrecision,
  scorePieces,
  standardizedSteps,
} from './race-course.ts';

/** What the race of a class found; every figure is an average precision, 0 to 1, over the half that chose nothing. */
export const raceReportSchema = z.strictObject({
  /** Kinds of faults that were injected; columns of the scores. */
  kinds: z.array(z.string()),
  /** Injected faults in this half. */
  cases: z.number(),
  /** Share of faulty rows among those that are ranked: what a random score reaches. */
  random: z.number(),
  entries: z.array(z.strictObject({ name: z.string(), scores: z.array(z.number()) })),
  /** The ensemble with the weights that stand in the register, and with those that were chosen. */
  standing: z.array(z.number()),
  together: z.array(z.number()),
  /** How the weights were chosen, in words. */
  weighting: z.string(),
  /** Forms of a detector of which one was taken, with what each reaches on the half that chose. */
  variants: z
    .array(z.strictObject({ name: z.string(), options: z.string(), score: z.number(), taken: z.boolean() }))
    .default([]),
});
export type RaceReport = z.output<typeof raceReportSchema>;

/** Weights over members by the evidence of the race, and what it found. */
export interface RaceOutcome {
  readonly weights: readonly number[];
  readonly report: RaceReport | undefined;
}

/** A difference of average precision that is noise at least. */
const margin = 0.01;
/** Fits of one history under other seeds differ by up to .03 in the race: a new model is worse by more than this. */
const refitMargin = 0.05;
/** A score is shrunk towards that of all detectors as if they had been seen in so many more cases. */
const shrinkCases = 8;
/** Fewest injected faults that choose anything. */
const fewestCases = 42;

/** Cases of one half: four of each eight, so that each has all sizes. */
interface Half {
  /** For each case its kind, an index into `faultKinds`. */
  readonly kinds: Int32Array;
  readonly parity: 0 | 1;
}

function isIn({ parity }: Half, i: number): boolean {
  return ((i >> 2) & 1) === parity;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
}

/** Mean over the cases of each kind in a half; kinds that were not injected are left out. */
function byKind(each: Float64Array, half: Half): number[] {
  return faultKinds.flatMap((_, kind) => {
    const of = [...each].filter((_, i) => half.kinds[i] === kind && isIn(half, i));
    return of.length === 0 ? [] : [mean(of)];
  });
}

/** One way of weighting the members, in words. */
interface Weighting {
  readonly words: string;
  readonly weights: readonly number[];
}

/**
 * The weightings that are tried: a detector's share of the scores of each kind of fault, mean over the kinds, so that one that
 * alone finds a kind keeps its say; times the weights of the register, which are the prior: the higher the power of the scores
 * the less it counts. `scores`: detector by kind.
 */
function weightings(standing: readonly number[], scores: readonly number[][], cases: number): Weighting[] {
  const kinds = scores[0]!.map((_, k) => mean(scores.map(of => of[k]!)));
  const weight = cases / (cases + shrinkCases);
  const shrunk = scores.map(of => of.map((s, k) => weight * s + (1 - weight) * kinds[k]!));
  const shareOf = (power: number) => {
    const sums = kinds.map((_, k) => shrunk.reduce((sum, of) => sum + of[k]! ** power, 0));
    return shrunk.map(of => mean(of.map((s, k) => s ** power / sums[k]!)));
  };
  return [1, 2, 4, 8].map(power => {
    const raw = shareOf(power).map((share, d) => share * standing[d]!);
    const sum = raw.reduce((a, b) => a + b, 0);
    return { words: `register x share of scores^${power}`, weights: raw.map(w => w / sum) };
  });
}

/** A weighting with the average precision that it reaches on each fault, and its mean on those that choose. */
interface Tried extends Weighting {
  readonly precision: Float64Array;
  readonly score: number;
}

/**
 * The weights to take: the mean of all weightings that, on the half that chooses, are not worse than the best by more than one
 * standard error of the difference (Breiman et al. 1984, section 3.4.3): which of them is best is chance.
 */
function takenWeighting(tried: readonly [Tried, ...Tried[]], half: Half): Weighting {
  const best = tried.reduce((a, b) => (b.score > a.score ? b : a));
  const isNear = ({ precision, score }: Tried): boolean => {
    const differences = [...precision].map((v, i) => best.precision[i]! - v).filter((_, i) => isIn(half, i));
    const middle = mean(differences);
    const variance = mean(differences.map(d => (d - middle) ** 2));
    return best.score - score <= Math.max(margin, Math.sqrt(variance / differences.length));
  };
  const near = tried.filter(isNear);
  const weights = best.weights.map((_, d) => mean(near.map(each => each.weights[d]!)));
  const words = near.length === 1 ? best.words : `mean of ${near.length} weightings as good as ${best.words}`;
  return { words, weights };
}

/**
 * Races the members of a class on injected faults. The weights are one of a few between those of the register and the scores
 * of each detector, chosen on one half of the faults; the report is of the other half. Too few faults choose nothing.
 */
export function race(course: RaceCourse, members: readonly Member[]): RaceOutcome {
  const all = members.reduce((sum, m) => sum + m.weight, 0);
  const standing = members.map(m => m.weight / all);
  const kinds = caseKinds(course);
  if (kinds.length < fewestCases) return { weights: members.map(m => m.weight), report: undefined };
  const fitted = members.map(m => m.fitted);
  const scores = scorePieces(course, fitted, standardizedSteps(course, course.history.baseline));
  const alone = scores.map(each => precisions(course, each));
  const choosing: Half = { kinds, parity: 0 };
  const telling: Half = { kinds, parity: 1 };
  const attempt = (each: Weighting): Tried => {
    const precision = precisions(course, combine(members, scores, each.weights));
    return { ...each, precision, score: mean(byKind(precision, choosing)) };
  };
  const usual = attempt({ words: 'register', weights: standing });
  const singles = alone.map(each => byKind(each, choosing));
  const others = weightings(standing, singles, casesOfKind / 2).map(attempt);
  const taken = attempt(takenWeighting([usual, ...others], choosing));
  const report = {
    kinds: faultKinds.filter((_, kind) => kinds.includes(kind)),
    cases: kinds.filter((_, i) => isIn(telling, i)).length,
    random: randomPrecision(course),
    entries: members.map(({ name }, d) => ({ name, scores: byKind(alone[d]!, telling) })),
    standing: byKind(usual.precision, telling),
    together: byKind(taken.precision, telling),
    weighting: taken.words,
    variants: [],
  };
  return { weights: taken.weights, report };
}

/** Which of several forms of one detector to take, and what each reaches, mean over the kinds of faults. */
export interface VariantChoice {
  readonly at: number;
  readonly scores: readonly number[];
}

/**
 * Races forms of one detector, the smallest first. A later one costs more, and is taken when it is better by more than noise
 * for each step up; the first is where there are too few faults.
 */
export function raceVariants(course: RaceCourse, fitted: readonly FittedDetector[]): VariantChoice {
  const kinds = caseKinds(course);
  if (kinds.length < fewestCases) return { at: 0, scores: [] };
  const all = scorePieces(course, fitted, standardizedSteps(course, course.history.baseline));
  const scores = all.map(each => mean(byKind(precisions(course, each), { kinds, parity: 0 })));
  const worth = scores.map((score, i) => score - margin * i);
  return { at: worth.indexOf(Math.max(...worth)), scores };
}

/** Mean over the kinds of faults: one figure for a line. */
export function overall(scores: readonly number[]): number {
  return mean(scores);
}

/** One model of a class as it takes part in a comparison: its members, and the row of each frame (-1 = not known). */
export interface Runner {
  readonly members: readonly Member[];
  readonly baseline: Baseline;
  readonly rowOf: (frame: number) => number;
}

/** Two models on the same faults: mean average precision of each, and how much of the difference noise explains. */
export interface Comparison {
  readonly fresh: number;
  readonly used: number;
  /** Two standard errors of the difference, at least `refitMargin`. */
  readonly margin: number;
  readonly cases: number;
  /** The fresh model is worse by more than the margin. */
  readonly isWorse: boolean;
}

/** Lets two models of a class race on the same faults; undefined when there are too few of them. */
export function compare(course: RaceCourse, fresh: Runner, used: Runner): Comparison | undefined {
  const known = course.pieces.filter(({ frame }) => fresh.rowOf(frame) >= 0 && used.rowOf(frame) >= 0);
  const common = { ...course, pieces: known };
  const cases = caseKinds(common).length;
  if (cases < fewestCases) return undefined;
  const of = ({ members, baseline, rowOf }: Runner): Float64Array => {
    const steps = standardizedSteps(common, baseline, rowOf);
    const scores = scorePieces(
      common,
      members.map(m => m.fitted),
      steps,
    );
    const weights = members.map(m => m.weight);
    return precisions(common, combine(members, scores, weights));
  };
  const [a, b] = [of(fresh), of(used)];
  const differences = [...a].map((v, i) => v - b[i]!);
  const difference = mean(differences);
  const variance = mean(differences.map(d => (d - difference) ** 2));
  const noise = Math.max(refitMargin, 2 * Math.sqrt(variance / cases));
  return { fresh: mean([...a]), used: mean([...b]), margin: noise, cases, isWorse: difference < -noise };
}
