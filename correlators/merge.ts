import type { Nearness } from './nearness.ts';
import { addMember, type OpenIncident } from './open-incident.ts';

/**
 * True when an alert is the missing link between two incidents: it is called by one and calls the other, and both are
 * young. Two failed callees of one caller are no bridge: neighbouring branches stay apart.
 */
export function shouldMerge(a: Nearness, b: Nearness, spread: number): boolean {
  if (Math.abs(a.incident.openedAt - b.incident.openedAt) > spread) return false;
  const sides = new Set([a.side, b.side]);
  return sides.has('caller') && (sides.has('callee') || sides.has('same'));
}

/** Moves all members of `from` into `into`; what was told of either stays told. */
export function mergeInto(into: OpenIncident, from: OpenIncident, t: number): void {
  for (const member of from.members.values()) {
    const ended = member.alert.endsAt !== undefined;
    if (into.members.has(member.alert.fingerprint)) continue;
    addMember(into, { ...member, reason: `${member.reason} (merged from ${from.id})` });
    if (!ended) continue;
    into.firing--;
    into.places.get(member.place.id)!.firing--;
  }
  into.lastAt = Math.max(into.lastAt, from.lastAt);
  into.timeline.push(...from.timeline, { at: t, what: `merged with ${from.id}` });
  into.timeline.sort((a, b) => a.at - b.at);
  into.notifications.push(...from.notifications);
  into.notifications.sort((a, b) => a.at - b.at);
  into.toldSeverity = Math.max(into.toldSeverity, from.toldSeverity);
  if (into.due !== undefined && from.notifications.length > 0) into.due = undefined;
  else if (into.due !== undefined && from.due !== undefined) into.due = Math.min(into.due, from.due);
}
