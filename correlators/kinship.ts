import type { Alert } from '../core/alert.ts';
import { saySpan } from '../core/say-time.ts';
import { alertsOfPlace, type Delays, type IncidentRates } from './odds.ts';
import type { Activity, OpenIncident } from './open-incident.ts';
import type { Place } from './place.ts';
import { resourceKin } from './same-resource.ts';
import type { Graph, Neighbour } from './topology.ts';

/** Ways in which an alert belongs to an incident: what notifications were held back for. */
export type KinshipKind = 'fired before' | 'same place' | 'calls it' | 'called by it' | 'shares a place';

/** Why an alert may be part of an incident: `rate` (an ms) at which that incident brings forth such alerts, in words. */
export interface Kinship {
  readonly incident: OpenIncident;
  readonly rate: number;
  readonly kind: KinshipKind;
  readonly reason: string;
  /** The place of the incident through which it joins, where that is another than its own. */
  readonly via?: string;
  /** What the delay of this alert teaches, ms: of a further symptom, or of a caller after its callee. */
  readonly delay?: readonly [kind: keyof Delays, ms: number];
}

/** The index from places to open incidents, so that only neighbours are looked at. */
export type ByPlace = ReadonlyMap<string, ReadonlySet<OpenIncident>>;

export interface KinshipInput {
  readonly alert: Alert;
  readonly place: Place;
  readonly t: number;
}

/** What is known when kin is looked for; `sure` is the chance that an incident is more than one lone alert. */
export interface Surroundings {
  readonly graph: Graph;
  readonly byPlace: ByPlace;
  readonly rates: IncidentRates;
  readonly maxHops: number;
  /** The open incident that brought this same alert forth before. */
  readonly holder: OpenIncident | undefined;
  readonly sure: (incident: OpenIncident, t: number) => number;
}

/** What callers of a place that is short of a resource, and callees over a further call, are likelier to be: unrelated. */
const ownResource = 0.5;
const eachFurtherHop = 0.15;
const sharesThing = 0.3;
/** What another incident brought forth before is that of this one so much more seldom. */
const ofAnother = 0.2;
/** The chance that a place suffers on though what explains it is over. */
const lingers = 0.005;
/** Over so many calls at most an explanation is followed. */
const farthest = 10;

/** `which failed 5 s earlier`; what is less than a second apart came together. */
const failed = (gap: number) =>
  gap < 1000 ? 'which failed at the same time' : `which failed ${saySpan(gap)} earlier`;

/** How long a place has been quiet, ms: 0 while an alert fires there. */
function quietOf({ firing, quietSince }: Activity, t: number): number {
  return firing > 0 ? 0 : Math.max(0, t - quietSince);
}

/** The likeliest first; ties by age, then id. */
export function likelierFirst(a: Kinship, b: Kinship): number {
  return (
    b.rate - a.rate || a.incident.openedAt - b.incident.openedAt || (a.incident.id < b.incident.id ? -1 : 1)
  );
}

/** All open incidents that may have brought forth an alert, the likeliest first; ties by age, then id. */
export function kinOf(input: KinshipInput, known: Surroundings): Kinship[] {
  const { place } = input;
  const best = new Map<OpenIncident, Kinship>();
  const { holder } = known;
  const troubled = (known.byPlace.get(place.id)?.size ?? 0) > 0;
  const offer = (found: Kinship | undefined) => {
    if (found === undefined || !(found.rate > 0)) return;
    const others = holder !== undefined && holder !== found.incident;
    const rate = others ? found.rate * ofAnother : found.rate;
    const before = best.get(found.incident);
    if (before === undefined || rate > before.rate) best.set(found.incident, { ...found, rate });
  };
  const at = (id: string) => known.byPlace.get(id) ?? [];
  for (const incident of at(place.id)) {
    offer(again(incident, input, known));
    offer(goesOn(incident, input, known));
    offer(sameplace(incident, input, known));
    const resource = resourceKin(incident, input, known.rates);
    if (resource !== undefined) offer({ incident, kind: 'same place', ...resource });
  }
  if (place.peer !== undefined)
    for (const incident of at(place.peer)) offer(complains(incident, { ...input, peer: place.peer }, known));
  for (const incident of at(`shared:${place.id}`)) offer(accused(incident, input, known));
  for (const other of place.also)
    for (const incident of at(`shared:${other}`)) offer(shares(incident, { ...input, other }, known));
  for (const near of known.graph.near(place.id, known.maxHops))
    for (const incident of at(near.id))
      offer(
        near.side === 'callee'
          ? follows(incident, { ...input, near }, known)
          : causes(incident, { ...input, near, troubled }, known),
      );
  return [...best.values()].sort(likelierFirst);
}

/**
 * The chance that what explains a place of an incident, the places that it calls one after the other, is not over: a
 * place that suffers from others belongs to their incident only as long as they are in trouble.
 */
function causeLives(incident: OpenIncident, id: string, { t }: KinshipInput, rates: IncidentRates): number {
  let callee = incident.places.get(id)?.callee;
  if (callee === undefined) return 1;
  let best = 0;
  for (let hops = 0; callee !== undefined && hops < farthest; hops++) {
    const activity: Activity | undefined = incident.places.get(callee);
    if (activity === undefined) break;
    best = Math.max(best, rates.lives(activity.alerts.length, quietOf(activity, t)));
    callee = activity.callee;
  }
  return Math.max(lingers, best);
}

function again(incident: OpenIncident, input: KinshipInput, { rates }: Surroundings): Kinship | undefined {
  const { alert, place, t } = input;
  const member = incident.members.get(alert.fingerprint);
  const endsAt = member?.alert.endsAt;
  if (member === undefined || endsAt === undefined) return undefined;
  const gap = Math.max(0, t - endsAt);
  const reason = `it fired here before, until ${saySpan(gap)} ago`;
  const rate = rates.again(gap) * alertsOfPlace * causeLives(incident, place.id, input, rates);
  return { incident, rate, kind: 'fired before', reason };
}

/**
 * An alert that fired before, of a place that is in trouble in several incidents: when what caused it in one is over,
 * another may have it go on.
 */
function goesOn(
  incident: OpenIncident,
  input: KinshipInput,
  { rates, holder }: Surroundings,
): Kinship | undefined {
  const { alert, place, t } = input;
  const activity = incident.places.get(place.id);
  const endsAt = holder?.members.get(alert.fingerprint)?.alert.endsAt;
  if (activity === undefined || endsAt === undefined || holder === incident) return undefined;
  const lives = causeLives(incident, place.id, input, rates);
  const rate = rates.again(Math.max(0, t - endsAt)) * alertsOfPlace * lives;
  const age = saySpan(t - activity.first);
  const reason = `it fired here before; ${place.id} has been in trouble in this incident for ${age}`;
  return { incident, rate, kind: 'fired before', reason };
}

function sameplace(
  incident: OpenIncident,
  input: KinshipInput,
  { rates, sure }: Surroundings,
): Kinship | undefined {
  const { place, t } = input;
  const activity = incident.places.get(place.id);
  if (activity === undefined) return undefined;
  const age = t - activity.first;
  const lives = causeLives(incident, place.id, input, rates);
  const seen = activity.alerts.length - 1;
  const rate = rates.symptom(age, quietOf(activity, t), seen) * lives * sure(incident, t);
  const reason =
    age < 1000
      ? `${place.id} itself came into trouble at the same time`
      : `${place.id} itself has been in trouble for ${saySpan(age)}`;
  return { incident, rate, kind: 'same place', reason, delay: ['symptom', age] };
}

/** The alert itself names a callee that is in trouble: that explains it better than any other place. */
function complains(
  incident: OpenIncident,
  { place, peer, t }: KinshipInput & { readonly peer: string },
  { rates, sure }: Surroundings,
): Kinship | undefined {
  const activity = incident.places.get(peer);
  if (activity === undefined || activity.firing === 0) return undefined;
  const age = t - activity.first;
  const reason = `it is about calls from ${place.id} to ${peer}, in trouble for ${saySpan(age)}`;
  const rate = Math.max(rates.complainer(age, 0), rates.follower(age, 0)) * Math.max(0.5, sure(incident, t));
  return { incident, rate, kind: 'calls it', reason, via: peer };
}

/** A place to which the incident's calls are abnormal. */
function accused(
  incident: OpenIncident,
  { place, t }: KinshipInput,
  { rates }: Surroundings,
): Kinship | undefined {
  if (incident.places.has(place.id)) return undefined;
  const quiet = incident.firing > 0 ? 0 : t - incident.lastAt;
  const reason = `alerts of the incident are about calls to ${place.id}`;
  return { incident, rate: rates.complainer(0, quiet), kind: 'called by it', reason };
}

function shares(
  incident: OpenIncident,
  { place, other, t }: KinshipInput & { readonly other: string },
  { rates, sure }: Surroundings,
): Kinship | undefined {
  if (incident.places.has(place.id)) return undefined;
  const quiet = incident.firing > 0 ? 0 : t - incident.lastAt;
  const rate = sharesThing * rates.follower(t - incident.lastAt, quiet) * sure(incident, t);
  const reason = `it shares ${other} with other alerts of the incident`;
  return { incident, rate, kind: 'shares a place', reason };
}

interface Pair extends KinshipInput {
  readonly near: Neighbour;
}

/** A caller of a place in trouble. */
function follows(
  incident: OpenIncident,
  { place, near, t }: Pair,
  { rates, sure }: Surroundings,
): Kinship | undefined {
  const activity = incident.places.get(near.id);
  if (activity === undefined || incident.places.has(place.id)) return undefined;
  const age = t - activity.first;
  const share = (place.scarce === true ? ownResource : 1) * eachFurtherHop ** (near.hops - 1);
  const rate = share * rates.follower(age, quietOf(activity, t)) * sure(incident, t);
  const how = near.hops === 1 ? 'calls' : `depends over ${near.hops} calls on`;
  const reason = `${place.id} ${how} ${near.id}, ${failed(age)}`;
  const taught = near.hops === 1 ? { delay: ['follower', age] as const } : {};
  return { incident, rate, kind: 'calls it', reason, via: near.id, ...taught };
}

/**
 * A place that one in trouble calls. It may be a cause that shows late, where nothing in the incident explains the caller
 * yet; how much it is asked follows its callers in any case.
 */
function causes(
  incident: OpenIncident,
  { place, near, t, troubled }: Pair & { readonly troubled: boolean },
  { rates, sure }: Surroundings,
): Kinship | undefined {
  const activity = incident.places.get(near.id);
  if (activity === undefined || incident.places.has(place.id)) return undefined;
  const { asked = false } = place;
  if (!asked && (activity.callee !== undefined || troubled)) return undefined;
  const age = t - activity.first;
  const open = asked ? rates.follower(age, quietOf(activity, t)) : rates.cause(age);
  const how = near.hops === 1 ? 'is called' : `is used over ${near.hops} calls`;
  const reason = `${place.id} ${how} by ${near.id}, ${failed(age)}`;
  const rate = open * eachFurtherHop ** (near.hops - 1) * sure(incident, t);
  return { incident, rate, kind: 'called by it', reason, via: near.id };
}
