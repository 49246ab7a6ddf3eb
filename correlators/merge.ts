import type { Kinship } from './kinship.ts';
import { addMember, type OpenIncident } from './open-incident.ts';

/** What must speak so many times more for two incidents being one than for a coincidence. */
const beyondChance = 3;

/**
 * True when an alert is the missing link between two incidents: the incident `b` suffers from it unexplained so far, and
 * it belongs to `a`, which it calls, or which waited for a cause as well. Both are young, and it would be an odd
 * coincidence otherwise. Two failed callees of one caller are no bridge: neighbouring branches stay apart.
 */
export function shouldMerge(
  a: Kinship,
  b: Kinship,
  { window, chance }: { readonly window: number; readonly chance: number },
): boolean {
  if (a.incident.apart?.incidents.includes(b.incident.id) === true) return false;
  if (Math.abs(a.incident.openedAt - b.incident.openedAt) > 2.5 * window) return false;
  if (b.rate < beyondChance * chance) return false;
  const kinds = [a.kind, b.kind];
  return (
    kinds.includes('called by it') && !kinds.includes('shares a place') && !kinds.includes('fired before')
  );
}

/** Which of two goes on: the one that people know of already, else the older one. */
export function survivor(
  a: OpenIncident,
  b: OpenIncident,
): { readonly into: OpenIncident; readonly from: OpenIncident } {
  const told = Number(b.notifications.length > 0) - Number(a.notifications.length > 0);
  const order = told || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1);
  return order < 0 ? { into: a, from: b } : { into: b, from: a };
}

/** Moves all members of `from` into `into`; what was told of either stays with the one it was told of. */
export function mergeInto(into: OpenIncident, from: OpenIncident, t: number): void {
  for (const member of from.members.values()) {
    const ended = member.alert.endsAt !== undefined;
    if (ended && into.members.has(member.alert.fingerprint)) continue;
    addMember(into, { ...member, reason: `${member.reason} (merged from ${from.id})` });
  }
  into.lastAt = Math.max(into.lastAt, from.lastAt);
  into.longestGap = Math.max(into.longestGap, from.longestGap);
  into.timeline.push(...from.timeline, { at: t, what: `merged with ${from.id}` });
  into.timeline.sort((x, y) => x.at - y.at);
  if (into.due !== undefined && from.due !== undefined) into.due = Math.min(into.due, from.due);
}

/** Ends an incident whose members moved; people are told only where they had been told of it. */
export function closeMerged(from: OpenIncident, into: string, t: number): void {
  const why = `merged into ${into}`;
  from.endsAt = t;
  from.due = undefined;
  from.timeline.push({ at: t, what: why });
  if (from.notifications.length > 0) from.notifications.push({ at: t, why });
}
