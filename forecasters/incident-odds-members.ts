import { type Boosted, boostedOdds, fitBoosted } from '../core/boosted-trees.ts';
import { type Excitation, excitationOdds, fitExcitation } from './incident-odds-excitation.ts';
import type { OddsFeature } from './incident-odds-features.ts';
import { fitLogistic, type Logistic, logisticOdds } from './incident-odds-logistic.ts';
import type { OddsRows } from './incident-odds-rows.ts';

/** The members of the ensemble, fitted on the same rows. */
export interface Members {
  readonly usual: Excitation;
  readonly logistic: Logistic;
  readonly trees: Boosted;
  readonly excitation: Excitation;
}

export const memberNames = ['usual', 'logistic', 'trees', 'self-exciting'] as const;

const ridge = 30;
const boost = { trees: 60, leaves: 4, rate: 0.05, rows: 40, l2: 10, columns: 0.5 };
/** Columns of the features that excitation is made of. */
const usualIncidents = 2;
const justNow = 3;
const lastDays = 4;

const straightOf = <T>(all: readonly T[], features: readonly OddsFeature[]) =>
  all.filter((_, c) => features[c]!.straight);

export function fitMembers(rows: OddsRows, features: readonly OddsFeature[], seed: number): Members {
  const parts = [
    rows.columns[usualIncidents]!.map(Math.exp),
    rows.columns[justNow]!,
    rows.columns[lastDays]!.map(Math.expm1),
  ];
  return {
    usual: fitExcitation(parts.slice(0, 1), rows),
    logistic: fitLogistic({ ...rows, columns: straightOf(rows.columns, features) }, ridge),
    trees: fitBoosted(rows, { ...boost, seed }),
    excitation: fitExcitation(parts, rows),
  };
}

/** The log odds of a row by each member, in the order of `memberNames`. */
export function memberOdds(
  members: Members,
  row: readonly number[],
  features: readonly OddsFeature[],
): readonly number[] {
  const expected = Math.exp(row[usualIncidents]!);
  return [
    excitationOdds(members.usual, [expected]),
    logisticOdds(members.logistic, straightOf(row, features)),
    boostedOdds(members.trees, row),
    excitationOdds(members.excitation, [expected, row[justNow]!, Math.expm1(row[lastDays]!)]),
  ];
}
