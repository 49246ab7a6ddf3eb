import type { Alert } from '../core/alert.ts';
import type { Incident, Suspect } from '../core/incident.ts';
import { type Place, severityRank } from './place.ts';
import { timelineOf } from './timeline.ts';

/** One alert of an open incident; an alert that fires again is the same one, counted. */
export interface OpenMember {
  alert: Alert;
  readonly place: Place;
  readonly reason: string;
  /** Time at which it was first seen, ms. */
  readonly since: number;
  /** Time at which it ends unless it is sent again, ms; undefined = it ends when somebody says so. */
  until: number | undefined;
  fired: number;
}

/** What is known of one place of an incident. */
export interface Activity {
  /** First and last start of an alert there, ms. */
  first: number;
  last: number;
  firing: number;
}

/** An incident while it is open: written by the correlator only. Times in ms. */
export interface OpenIncident {
  readonly id: string;
  startsAt: number;
  openedAt: number;
  endsAt: number | undefined;
  /** When the first notification leaves; undefined when it has left. */
  due: number | undefined;
  lastAt: number;
  firing: number;
  toldSeverity: number;
  severity: number;
  readonly members: Map<string, OpenMember>;
  readonly places: Map<string, Activity>;
  readonly shared: Set<string>;
  /** What happened beside its alerts. */
  readonly timeline: { at: number; what: string }[];
  readonly notifications: { at: number; why: string }[];
  suspects: readonly Suspect[];
}

export function emptyIncident(id: string, t: number, startsAt: number): OpenIncident {
  return {
    id,
    startsAt,
    openedAt: t,
    endsAt: undefined,
    due: undefined,
    lastAt: t,
    firing: 0,
    toldSeverity: -2,
    severity: -2,
    members: new Map(),
    places: new Map(),
    shared: new Set(),
    timeline: [],
    notifications: [],
    suspects: [],
  };
}

/** Adds a firing alert, or counts it again when it is a member already. */
export function addMember(incident: OpenIncident, member: OpenMember): void {
  const { alert, place, since } = member;
  const known = incident.members.get(alert.fingerprint);
  const wasFiring = known !== undefined && known.alert.endsAt === undefined;
  const activity = incident.places.get(place.id) ?? { first: since, last: since, firing: 0 };
  activity.first = Math.min(activity.first, since);
  activity.last = Math.max(activity.last, since);
  if (!wasFiring) {
    activity.firing++;
    incident.firing++;
  }
  incident.places.set(place.id, activity);
  for (const other of place.also) incident.shared.add(other);
  if (known === undefined) incident.members.set(alert.fingerprint, { ...member });
  else {
    known.alert = alert;
    known.until = member.until;
    known.fired += wasFiring ? 0 : 1;
  }
  incident.severity = Math.max(incident.severity, severityRank(alert.labels));
  incident.startsAt = Math.min(incident.startsAt, alert.startsAt);
  incident.lastAt = Math.max(incident.lastAt, since);
}

/** Marks a member as over; false when it was not firing here. */
export function endMember(incident: OpenIncident, alert: Alert, t: number): boolean {
  const known = incident.members.get(alert.fingerprint);
  if (known === undefined || known.alert.endsAt !== undefined) return false;
  const endsAt = Math.max(known.alert.startsAt, Math.min(alert.endsAt ?? t, t));
  known.alert = { ...known.alert, endsAt };
  incident.firing--;
  incident.places.get(known.place.id)!.firing--;
  incident.lastAt = Math.max(incident.lastAt, t);
  return true;
}

/** Ends the members whose announced end has passed, but those sent `again` in this step; true when there were any. */
export function endExpired(incident: OpenIncident, t: number, again: ReadonlySet<string>): boolean {
  let some = false;
  for (const { alert, until } of incident.members.values()) {
    if (until === undefined || until > t || again.has(alert.fingerprint)) continue;
    some = endMember(incident, { ...alert, endsAt: until }, until) || some;
  }
  return some;
}

/** When a member, or the whole incident, ends if nothing else happens, ms; undefined when it waits for a word. */
export function nextEnd(incident: OpenIncident, resolveAfter: number): number | undefined {
  if (incident.firing === 0) return incident.lastAt + resolveAfter;
  let next: number | undefined;
  for (const { alert, until } of incident.members.values())
    if (alert.endsAt === undefined && until !== undefined) next = Math.min(until, next ?? until);
  return next;
}

/** The incident as everyone else sees it: a plain value. */
export function toIncident(incident: OpenIncident): Incident {
  return {
    id: incident.id,
    startsAt: incident.startsAt,
    endsAt: incident.endsAt,
    members: [...incident.members.values()].map(({ alert, reason, fired }) => ({
      alert,
      reason: fired > 1 ? `${reason}; flapping, fired ${fired} times` : reason,
    })),
    suspects: incident.suspects,
    escalation: undefined,
    timeline: timelineOf(incident.members.values(), incident.timeline),
    notifications: [...incident.notifications],
  };
}
