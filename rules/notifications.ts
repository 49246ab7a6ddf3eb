import { fingerprint, type Labels } from '../core/labels.ts';

/** Alertmanager's defaults for a route, ms. */
export const routeTimes = { groupWait: 30_000, groupInterval: 300_000 } as const;

/** An alert of which a route hears at `at`, ms. */
export interface Tellable {
  readonly labels: Labels;
  readonly at: number;
  readonly endsAt: number;
  readonly incident: number;
}

/** What a grouping tells: how many notifications, and for each life of a group the incidents of the alerts that it told. */
export interface ToldGroups {
  readonly notifications: number;
  readonly groups: readonly (readonly number[])[];
}

interface Group {
  flushedAt: number;
  endsAt: number;
  readonly incidents: number[];
}

/**
 * What Alertmanager would have sent for alerts in order of `at`: a group first tells what came within `groupWait`, then news
 * at most every `groupInterval`, of alerts that still fire; it lives until all have ended. Ends and repeats are not counted.
 * Without `groupBy` each set of labels is a group.
 */
export function toldBy(alerts: readonly Tellable[], groupBy?: readonly string[]): ToldGroups {
  const byKey = new Map<string, Group>();
  const groups: number[][] = [];
  let notifications = 0;
  for (const { labels, at, endsAt, incident } of alerts) {
    const key =
      groupBy === undefined ? fingerprint(labels) : groupBy.map(name => labels[name] ?? '').join('\0');
    const known = byKey.get(key);
    const living = known !== undefined && lives(known, at) ? known : undefined;
    const flush = living === undefined ? at + routeTimes.groupWait : flushOf(living, at);
    if (endsAt <= flush) continue;
    const group = living ?? born(flush);
    if (group !== living) groups.push(group.incidents);
    if (group !== living || flush > group.flushedAt) notifications++;
    group.flushedAt = flush;
    group.endsAt = Math.max(group.endsAt, endsAt);
    group.incidents.push(incident);
    byKey.set(key, group);
  }
  return { notifications, groups };
}

function born(flushedAt: number): Group {
  return { flushedAt, endsAt: flushedAt, incidents: [] };
}

/** A group whose alerts have all ended is given up at its next turn. */
function lives({ flushedAt, endsAt }: Group, at: number): boolean {
  return at < Math.max(endsAt, flushedAt + routeTimes.groupInterval);
}

/** When a group tells what comes at `at`: with the news that it already waits to tell, else at its next turn. */
function flushOf({ flushedAt }: Group, at: number): number {
  if (at <= flushedAt) return flushedAt;
  return Math.max(at, flushedAt + routeTimes.groupInterval);
}
