import type { Alert } from '../core/alert.ts';

/** A group of alerts as people are told of it: the numbers of its alerts, and when notifications left, ms. */
export interface ToldGroup {
  readonly alerts: readonly number[];
  readonly at: readonly number[];
}

export interface GroupingOptions {
  readonly groupBy: readonly string[];
  /** Times in ms, as in Alertmanager's route. */
  readonly groupWait: number;
  readonly groupInterval: number;
}

interface Member {
  readonly number: number;
  readonly fingerprint: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * Alertmanager's grouping on virtual time: a group begins with its first alert, is flushed `group_wait` later and then each
 * `group_interval`; a flush tells when an alert fires that the last telling did not hold, or when one has resolved
 * (`send_resolved`). A group whose alerts have all resolved ends with that flush. Repeats are left out.
 */
export function groupAsAlertmanager(alerts: readonly Alert[], options: GroupingOptions): ToldGroup[] {
  const byKey = new Map<string, Member[]>();
  for (const [number, { labels, fingerprint, startsAt, endsAt }] of alerts.entries()) {
    const key = JSON.stringify(options.groupBy.map(label => labels[label] ?? ''));
    const members = byKey.get(key) ?? [];
    members.push({ number, fingerprint, startsAt, endsAt: endsAt ?? Number.POSITIVE_INFINITY });
    byKey.set(key, members);
  }
  return [...byKey.values()].flatMap(members => groupsOf(members, options));
}

/** The alerts of one key, by start -> the groups that lived one after the other. */
function groupsOf(members: readonly Member[], options: GroupingOptions): ToldGroup[] {
  const out: ToldGroup[] = [];
  let next = 0;
  while (next < members.length) {
    const first = next;
    const at: number[] = [];
    let flush = members[first]!.startsAt + options.groupWait;
    let told = new Set<string>();
    let resolvedTold = new Set<string>();
    for (;;) {
      while (next < members.length && members[next]!.startsAt <= flush) next++;
      const here = members.slice(first, next);
      const firing = new Set(here.filter(one => one.endsAt > flush).map(one => one.fingerprint));
      const resolved = new Set(
        here
          .map(one => one.fingerprint)
          .filter(one => !firing.has(one) && (told.has(one) || resolvedTold.has(one))),
      );
      const changed =
        [...firing].some(one => !told.has(one)) || [...resolved].some(one => !resolvedTold.has(one));
      if (changed) at.push(flush);
      told = firing;
      resolvedTold = resolved;
      if (firing.size === 0) break;
      flush += options.groupInterval;
    }
    out.push({ alerts: members.slice(first, next).map(one => one.number), at });
  }
  return out;
}
