import { boostedOdds } from '../core/boosted-trees.ts';
import type { OddsFeature } from './incident-odds-features.ts';
import type { LearnedOdds } from './incident-odds-learner.ts';
import { logisticOdds } from './incident-odds-logistic.ts';

const mostDrivers = 3;
/** Facts that move the log odds by less are not told. */
const least = 0.1;
const logisticMember = 1;
const treesMember = 2;

/** By how much each feature moves the log odds of a row: in the straight line and along the paths of the trees. */
function movesOf(
  { members, blend }: LearnedOdds,
  row: readonly number[],
  features: readonly OddsFeature[],
): Float64Array {
  const moves = new Float64Array(row.length);
  boostedOdds(members.trees, row, moves);
  for (let c = 0; c < moves.length; c++) moves[c] = moves[c]! * blend.weights[treesMember]!;
  const straight = features.flatMap((feature, c) => (feature.straight ? [c] : []));
  const shares = new Float64Array(straight.length);
  logisticOdds(
    members.logistic,
    straight.map(c => row[c]!),
    shares,
  );
  for (const [k, c] of straight.entries()) moves[c] = moves[c]! + blend.weights[logisticMember]! * shares[k]!;
  return moves;
}

/** The facts that raise the odds most, in words; when none does, the one that speaks most against an incident. */
export function oddsDrivers(
  learned: LearnedOdds,
  row: readonly number[],
  features: readonly OddsFeature[],
): readonly string[] {
  const moves = [...movesOf(learned, row, features)].map((move, c) => ({ move, c }));
  const said = (c: number) => features[c]!.say(row[c]!);
  const known = moves.filter(({ c }) => !Number.isNaN(row[c]!)).sort((a, b) => b.move - a.move);
  const raising = known.filter(({ move }) => move >= least).slice(0, mostDrivers);
  if (raising.length > 0) return raising.map(({ c }) => said(c));
  const against = known.at(-1);
  return against !== undefined && against.move <= -least ? [`against it: ${said(against.c)}`] : [];
}
