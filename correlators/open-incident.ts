import type { Alert } from '../core/alert.ts';
import type { Suspect } from '../core/incident.ts';
import type { Apart } from './apart.ts';
import { flappingWords, flaps } from './flapping.ts';
import type { Asked, MetricsWord } from './inquiry.ts';
import { type Place, severityRank } from './place.ts';

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
  /** When it began to fire, the last times, ms. */
  readonly starts: readonly number[];
}

/** What is known of one place of an incident. */
export interface Activity {
  /** First and last start of an alert there, ms. */
  first: number;
  last: number;
  firing: number;
  /** Since when nothing fires there, ms; only read while nothing does. */
  quietSince: number;
  /** Its alerts by fingerprint, in the order in which they came. */
  readonly alerts: string[];
  /** A place of the incident that it calls: what explains it. */
  callee: string | undefined;
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
  /** The longest that one of its alerts was quiet before it fired again, ms. */
  longestGap: number;
  /** Not after the first announced end of an alert that fires, ms. */
  nextUntil: number;
  readonly members: Map<string, OpenMember>;
  readonly places: Map<string, Activity>;
  readonly shared: Set<string>;
  /** What happened beside its alerts. */
  readonly timeline: { at: number; what: string }[];
  readonly notifications: { at: number; why: string }[];
  suspects: readonly Suspect[];
  /** When the suspects were ranked last, ms. */
  rankedAt: number | undefined;
  /** When metrics were asked for last, and what they said. */
  asked: Asked | undefined;
  metrics: MetricsWord | undefined;
  /** The incident that is over under which people have put it; undefined = its own. */
  home: string | undefined;
  /** What people split it from. */
  apart: Apart | undefined;
  /** Whether anything changed since somebody looked, and which members did (by fingerprint). */
  touched: boolean;
  changed: Set<string> | 'all';
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
    longestGap: 0,
    nextUntil: Number.POSITIVE_INFINITY,
    members: new Map(),
    places: new Map(),
    shared: new Set(),
    timeline: [],
    notifications: [],
    suspects: [],
    rankedAt: undefined,
    asked: undefined,
    metrics: undefined,
    home: undefined,
    apart: undefined,
    touched: true,
    changed: 'all',
  };
}

function noteChange(incident: OpenIncident, fingerprint: string): void {
  incident.touched = true;
  if (incident.changed !== 'all') incident.changed.add(fingerprint);
}

const startsKept = 12;

function activityOf(incident: OpenIncident, { place, since, alert }: OpenMember): Activity {
  const known = incident.places.get(place.id);
  if (known !== undefined) return known;
  const quietSince = alert.endsAt ?? since;
  const made = { first: since, last: since, firing: 0, quietSince, alerts: [], callee: undefined };
  incident.places.set(place.id, made);
  return made;
}

/** Adds an alert, or counts it again when it is a member already; one that is over keeps its end. */
export function addMember(incident: OpenIncident, member: OpenMember): void {
  const { alert, place, since, until } = member;
  const known = incident.members.get(alert.fingerprint);
  const activity = activityOf(incident, member);
  activity.first = Math.min(activity.first, since);
  activity.last = Math.max(activity.last, since);
  const wasFiring = known !== undefined && known.alert.endsAt === undefined;
  const fires = alert.endsAt === undefined;
  activity.firing += Number(fires) - Number(wasFiring);
  incident.firing += Number(fires) - Number(wasFiring);
  for (const other of place.also) incident.shared.add(other);
  if (known === undefined) {
    incident.members.set(alert.fingerprint, { ...member });
    activity.alerts.push(alert.fingerprint);
  } else incident.members.set(alert.fingerprint, foldedInto(known, member, incident));
  if (until !== undefined) incident.nextUntil = Math.min(incident.nextUntil, until);
  noteChange(incident, alert.fingerprint);
  incident.severity = Math.max(incident.severity, severityRank(alert.labels));
  incident.startsAt = Math.min(incident.startsAt, alert.startsAt);
  incident.lastAt = Math.max(incident.lastAt, since);
}

function foldedInto(known: OpenMember, again: OpenMember, incident: OpenIncident): OpenMember {
  if (known.alert.endsAt === undefined) return { ...known, alert: again.alert, until: again.until };
  const gap = again.starts[0]! - known.alert.endsAt;
  incident.longestGap = Math.max(incident.longestGap, gap);
  const folded = {
    ...known,
    alert: again.alert,
    until: again.until,
    fired: known.fired + again.fired,
    starts: [...known.starts, ...again.starts].slice(-startsKept),
  };
  if (flaps(folded) && !flaps(known))
    incident.timeline.push({ at: again.since, what: flappingWords(folded) });
  return folded;
}

/** Takes a member out again, as it proved to be part of another incident; the severity stays what it was thought to be. */
export function removeMember(incident: OpenIncident, fingerprint: string): void {
  const member = incident.members.get(fingerprint);
  if (member === undefined) return;
  incident.touched = true;
  incident.changed = 'all';
  const activity = incident.places.get(member.place.id)!;
  incident.members.delete(fingerprint);
  activity.alerts.splice(activity.alerts.indexOf(fingerprint), 1);
  if (member.alert.endsAt === undefined) {
    incident.firing--;
    activity.firing--;
  }
}

/** Marks a member as over; false when it was not firing here. */
export function endMember(incident: OpenIncident, alert: Alert, t: number): boolean {
  const known = incident.members.get(alert.fingerprint);
  if (known === undefined || known.alert.endsAt !== undefined) return false;
  const endsAt = Math.max(known.alert.startsAt, Math.min(alert.endsAt ?? t, t));
  known.alert = { ...known.alert, endsAt };
  noteChange(incident, alert.fingerprint);
  incident.firing--;
  const activity = incident.places.get(known.place.id)!;
  activity.firing--;
  activity.quietSince = Math.max(activity.quietSince, endsAt);
  incident.lastAt = Math.max(incident.lastAt, t);
  return true;
}

/** Ends the members whose announced end has passed, but those sent `again` in this step; true when there were any. */
export function endExpired(incident: OpenIncident, t: number, again: ReadonlySet<string>): boolean {
  if (incident.nextUntil > t) return false;
  let some = false;
  let next = Number.POSITIVE_INFINITY;
  for (const { alert, until } of incident.members.values()) {
    if (until === undefined || alert.endsAt !== undefined) continue;
    if (until > t || again.has(alert.fingerprint)) next = Math.min(next, until);
    else some = endMember(incident, { ...alert, endsAt: until }, until) || some;
  }
  incident.nextUntil = next;
  return some;
}

/** No incident is kept open longer than this after its last alert because its alerts come and go, ms. */
const mostPatience = 1_800_000;

/**
 * How long an incident must be quiet to be over, ms: `resolveAfter`, and longer where its own alerts have come and gone:
 * one and a half times the longest pause so far.
 */
export function patienceOf(incident: OpenIncident, resolveAfter: number): number {
  return Math.max(resolveAfter, Math.min(mostPatience, 1.5 * incident.longestGap));
}

/** When a member, or the whole incident, ends if nothing else happens, ms; undefined when it waits for a word. */
export function nextEnd(incident: OpenIncident, resolveAfter: number): number | undefined {
  if (incident.firing === 0) return incident.lastAt + patienceOf(incident, resolveAfter);
  return Number.isFinite(incident.nextUntil) ? incident.nextUntil : undefined;
}
