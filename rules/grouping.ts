import type { AlertHistory } from './history.ts';
import { plainName } from './inhibition-candidates.ts';
import { type Tellable, toldBy } from './notifications.ts';

/** What a `group_by` does to the history: notifications, and the share of alerts that stand in a group of their own incident. */
export interface GroupingFigures {
  readonly groupBy: readonly string[];
  readonly notifications: number;
  readonly purity: number;
}

/** The best `group_by` and what it was compared with, the fewest notifications first. */
export interface GroupingSuggestion {
  readonly best: GroupingFigures;
  readonly compared: readonly GroupingFigures[];
  /** Incidents that went on at the same time as another one: only they can be mixed. */
  readonly overlapping: number;
}

/** What a grouping must have: purity, incidents that overlap, and labels that alerts have. */
export const groupingLimits = { purity: 0.95, overlapping: 5, present: 0.95, labels: 6 } as const;

/**
 * Of the sets of up to three labels that most alerts have, the one with the fewest notifications among those that mix at
 * most 5 % of the alerts with another incident's; undefined where none does, or too few incidents overlap to know.
 */
export function suggestGrouping(
  history: AlertHistory,
  told: readonly Tellable[],
): GroupingSuggestion | undefined {
  const overlapping = overlappingIncidents(history);
  if (overlapping < groupingLimits.overlapping) return undefined;
  const compared = subsets(groupingLabels(history))
    .map(groupBy => ({ groupBy, ...figures(told, groupBy) }))
    .sort(
      (a, b) =>
        a.notifications - b.notifications || b.purity - a.purity || a.groupBy.length - b.groupBy.length,
    );
  const distinct = compared.filter((each, k) => !compared.slice(0, k).some(other => doesSame(other, each)));
  const best = distinct.find(({ purity }) => purity >= groupingLimits.purity);
  return best === undefined ? undefined : { best, compared: distinct, overlapping };
}

/** True when further labels change nothing. */
function doesSame(fewer: GroupingFigures, more: GroupingFigures): boolean {
  return (
    fewer.notifications === more.notifications &&
    fewer.purity === more.purity &&
    fewer.groupBy.every(name => more.groupBy.includes(name))
  );
}

function figures(told: readonly Tellable[], groupBy: readonly string[]) {
  const { notifications, groups } = toldBy(told, groupBy);
  const own = groups.reduce((sum, incidents) => sum + mostCommon(incidents), 0);
  const all = groups.reduce((sum, incidents) => sum + incidents.length, 0);
  return { notifications, purity: all === 0 ? Number.NaN : own / all };
}

function mostCommon(incidents: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const incident of incidents) counts.set(incident, (counts.get(incident) ?? 0) + 1);
  return Math.max(...counts.values());
}

/** Labels that nearly all alerts have and that tell them apart, those with the fewest values first. */
function groupingLabels({ alerts }: AlertHistory): readonly string[] {
  const seen = new Map<string, { count: number; readonly values: Set<string> }>();
  for (const { labels } of alerts)
    for (const [name, value] of Object.entries(labels)) {
      const known = seen.get(name) ?? { count: 0, values: new Set<string>() };
      known.count++;
      seen.set(name, known);
      known.values.add(value);
    }
  return [...seen]
    .filter(([name]) => plainName.test(name) && name !== 'severity')
    .filter(([, { count, values }]) => count >= groupingLimits.present * alerts.length && values.size > 1)
    .sort(([a, { values: as }], [b, { values: bs }]) => as.size - bs.size || (a < b ? -1 : 1))
    .slice(0, groupingLimits.labels)
    .map(([name]) => name)
    .sort();
}

function subsets(names: readonly string[]): readonly (readonly string[])[] {
  const ones = names.map(name => [name]);
  const more = (sets: readonly (readonly string[])[]) =>
    sets.flatMap(set => names.filter(name => name > set.at(-1)!).map(name => [...set, name]));
  const twos = more(ones);
  return [...ones, ...twos, ...more(twos)];
}

function overlappingIncidents({ alerts, incidents }: AlertHistory): number {
  const spans = Array.from({ length: incidents }, () => ({ from: Number.POSITIVE_INFINITY, to: 0 }));
  for (const { incident, startsAt, endsAt } of alerts) {
    const span = spans[incident]!;
    span.from = Math.min(span.from, startsAt);
    span.to = Math.max(span.to, endsAt);
  }
  spans.sort((a, b) => a.from - b.from);
  const overlapping = new Set<number>();
  let longest = 0;
  for (let k = 1; k < spans.length; k++) {
    if (spans[k]!.from < spans[longest]!.to) overlapping.add(k).add(longest);
    if (spans[k]!.to > spans[longest]!.to) longest = k;
  }
  return overlapping.size;
}
