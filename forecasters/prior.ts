import { priorAheads, priorLengths, priorLevels, priorTable } from './prior-table.ts';

/** Where a quantile is asked for: steps ahead (1 or more), and values that the history holds. */
export interface PriorPlace {
  readonly ahead: number;
  readonly length: number;
}

/** Where `x` lies between the ascending `marks`: the mark below it and the share of the way to the next. */
function place(marks: readonly number[], x: number): { low: number; share: number } {
  let low = 0;
  while (low < marks.length - 2 && x >= marks[low + 1]!) low++;
  const share = (x - marks[low]!) / (marks[low + 1]! - marks[low]!);
  return { low, share: Math.min(1, Math.max(0, share)) };
}

const odds = (level: number) => -Math.log(1 - level);
const aheads = priorAheads.map(Math.log);
const lengths = priorLengths.map(Math.log);
const levels = priorLevels.map(odds);

function byAhead(rows: readonly (readonly number[])[], level: number, ahead: number): number {
  const a = place(aheads, Math.log(ahead));
  const at = (row: readonly number[]) => {
    const { low, share } = place(levels, odds(level));
    if (level < priorLevels[0]!) return (row[0]! * odds(level)) / levels[0]!;
    return row[low]! + share * (row[low + 1]! - row[low]!);
  };
  return at(rows[a.low]!) + a.share * (at(rows[a.low + 1]!) - at(rows[a.low]!));
}

/**
 * The quantile of |error| / typical fold error that a wide family of simulated series had so many steps on, after a
 * history so long: `bench/forecast-prior.ts` made the table, this reads between its lines.
 */
export function priorQuantile(level: number, { ahead, length }: PriorPlace): number {
  const { low, share } = place(lengths, Math.log(Math.max(1, length)));
  const below = byAhead(priorTable[low]!, level, ahead);
  return below + share * (byAhead(priorTable[low + 1]!, level, ahead) - below);
}
