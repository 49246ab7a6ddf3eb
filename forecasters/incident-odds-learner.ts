import { quantile } from '../core/stats.ts';
import { type Blend, blended, fitBlend, type Unseen } from './incident-odds-blend.ts';
import { columnsOf, columnsToLearnFrom, profilesOf } from './incident-odds-columns.ts';
import { type OddsFeature, oddsFeatures, type PlaceProfile } from './incident-odds-features.ts';
import { fitMembers, type Members, memberNames, memberOdds } from './incident-odds-members.ts';
import { decidedRows, type HourlyPast, hour, type OddsSignal, outcomes } from './incident-odds-past.ts';
import type { UsedRows } from './incident-odds-profile.ts';
import { apart, gatherRows, recency } from './incident-odds-rows.ts';

/** Everything that was learned of some places. */
export interface LearnedOdds {
  readonly profiles: readonly PlaceProfile[];
  readonly members: Members;
  readonly blend: Blend;
  readonly doubt: Doubt;
}

/** Chances whose log odds are nearer than `width` to those of the usual one say hardly more than that. */
export interface Doubt {
  readonly usual: number;
  readonly width: number;
}

/** The share of answers that say least and are not given. */
const silentShare = 0.12;

export interface LearnerOptions {
  /** Nothing from then on is looked at, ms. */
  readonly until: number;
  /** Hours that the odds look ahead. */
  readonly ahead: number;
  readonly seed: number;
  readonly signals: readonly OddsSignal[];
}

const folds = 6;

interface Lesson {
  readonly pasts: readonly HourlyPast[];
  readonly features: readonly OddsFeature[];
  readonly options: LearnerOptions;
}

/** Fits everything but the blend on the rows that may be used; the columns of all rows come with it. */
function learnFrom({ pasts, features, options }: Lesson, used: UsedRows) {
  const lesson = { pasts, used, ahead: options.ahead, until: options.until };
  const profiles = profilesOf(lesson);
  const columns = columnsOf(lesson, profiles);
  const rows = gatherRows(pasts, columnsToLearnFrom(lesson, columns), lesson);
  return { profiles, columns, members: fitMembers(rows, features, options.seed) };
}

/** One row of columns. */
export const rowAt = (columns: readonly Float64Array[], i: number): number[] =>
  columns.map(column => column[i]!);

/** What the members say of rows that they have not learned from: blocks of time in turn. */
function unseenOf(lesson: Lesson): Unseen {
  const { pasts, features, options } = lesson;
  const begin = Math.min(...pasts.map(({ from }) => from));
  const odds: number[][] = memberNames.map(() => []);
  const y: number[] = [];
  const weight: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const edge = (k: number) => begin + Math.round(((options.until - begin) / hour) * (k / folds)) * hour;
    const block = { from: edge(fold), to: edge(fold + 1) };
    const { columns, members } = learnFrom(
      lesson,
      pasts.map(past => apart(past, block, options)),
    );
    for (const [k, past] of pasts.entries()) {
      const outcome = outcomes(past, options.ahead);
      const end = decidedRows(past, Math.min(options.until, block.to + options.ahead * hour), options.ahead);
      for (let i = Math.max(0, Math.ceil((block.from - past.from) / hour)); i < end; i++) {
        const told = memberOdds(members, rowAt(columns[k]!, i), features);
        for (const [m, value] of told.entries()) odds[m]!.push(value);
        y.push(outcome[i]!);
        weight.push(recency(options.until, past.from + i * hour));
      }
    }
  }
  return {
    odds: odds.map(each => Float64Array.from(each)),
    y: Float64Array.from(y),
    weight: Float64Array.from(weight),
  };
}

const logit = (p: number) => Math.log(p / (1 - p));

function doubtOf({ odds, y, weight }: Unseen, blend: Blend): Doubt {
  const told = Array.from(y, (_, i) =>
    blended(
      blend,
      odds.map(each => each[i]!),
    ),
  );
  const all = weight.reduce((sum, w) => sum + w, 0);
  const usual = told.reduce((sum, p, i) => sum + weight[i]! * p, 0) / all;
  const distances = told.map(p => Math.abs(logit(p) - logit(usual)));
  return { usual, width: quantile(distances, silentShare) };
}

/** Learns from all places at once; linear in places x hours. */
export function learnOdds(pasts: readonly HourlyPast[], options: LearnerOptions): LearnedOdds {
  const lesson = { pasts, features: oddsFeatures(options.signals), options };
  const unseen = unseenOf(lesson);
  const blend = fitBlend(unseen);
  const all = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const { profiles, members } = learnFrom(
    lesson,
    pasts.map(past => apart(past, all, options)),
  );
  return { profiles, members, blend, doubt: doubtOf(unseen, blend) };
}
