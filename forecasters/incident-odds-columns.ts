import {
  activityAnHour,
  begunAnHour,
  featureColumns,
  type PlaceProfile,
  usualColumns,
  usualFeatures,
} from './incident-odds-features.ts';
import { type HourlyPast, hour } from './incident-odds-past.ts';
import { type UsedRows, weeklyProfiles } from './incident-odds-profile.ts';
import { apart } from './incident-odds-rows.ts';

/** Which rows are learned from, and how far the odds look ahead, hours; nothing from `until` (ms) on is looked at. */
export interface Learnable {
  readonly pasts: readonly HourlyPast[];
  readonly used: UsedRows;
  readonly ahead: number;
  readonly until: number;
}

/** The columns of all features, for each place. */
export type PlaceColumns = readonly (readonly Float64Array[])[];

const week = 7 * 24 * hour;

/** What is usual at each place, from the rows that may be learned from. */
export function profilesOf({ pasts, used }: Pick<Learnable, 'pasts' | 'used'>): readonly PlaceProfile[] {
  const activity = weeklyProfiles(pasts, pasts.map(activityAnHour), { used });
  const incidents = weeklyProfiles(pasts, pasts.map(begunAnHour), { used, like: activity });
  return pasts.map((_, k) => ({ incidents: incidents[k]!, activity: activity[k]! }));
}

export function columnsOf(
  { pasts, ahead }: Pick<Learnable, 'pasts' | 'ahead'>,
  profiles: readonly PlaceProfile[],
): PlaceColumns {
  return pasts.map((past, k) => featureColumns(past, profiles[k]!, ahead));
}

/** The rows of a past in [from, to), ms. */
function rowsOf(past: HourlyPast, { from, to }: { readonly from: number; readonly to: number }) {
  const at = (t: number) => Math.max(0, Math.min(past.rows, Math.ceil((t - past.from) / hour)));
  return { first: at(from), end: at(to) };
}

/**
 * Columns to fit the members on: what is usual at a row is told by the other weeks alone. Were the row's own outcome in it,
 * the members would trust what is usual more than it deserves on hours to come (out-of-fold encoding, Micci-Barreca 2001;
 * cross-fitting, Chernozhukov et al. 2018). Of a single week, the columns as they are.
 */
export function columnsToLearnFrom(lesson: Learnable, columns: PlaceColumns): PlaceColumns {
  const { pasts, used, ahead, until } = lesson;
  const begin = Math.min(...pasts.map(({ from }) => from));
  if (until - begin <= week) return columns;
  const learned = columns.map(each => each.map(column => column.slice()));
  for (let from = begin; from < until; from += week) {
    const block = { from, to: from + week };
    const others = pasts.map((past, k) => {
      const rows = apart(past, block, lesson);
      return rows.map((row, i) => row & used[k]![i]!);
    });
    const profiles = profilesOf({ pasts, used: others });
    for (const [k, past] of pasts.entries()) {
      const { first, end } = rowsOf(past, block);
      for (const [c, told] of usualColumns(past, profiles[k]!, ahead).entries())
        learned[k]![usualFeatures[c]!]!.set(told.subarray(first, end), first);
    }
  }
  return learned;
}
