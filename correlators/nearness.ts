import { saySpan } from '../core/say-time.ts';
import type { OpenIncident } from './open-incident.ts';
import { type Place, severityRank } from './place.ts';
import type { Graph } from './topology.ts';

/** Limits of grouping; times in ms. */
export interface NearnessOptions {
  /** How long after the last activity of a place an alert there still belongs to it. */
  readonly window: number;
  /** How long after a callee failed its callers are still held to suffer from it. */
  readonly spread: number;
  /** How long after a symptom its cause may still show. */
  readonly lateCause: number;
  /** How long after a callee that still is in trouble failed a caller may begin to suffer. */
  readonly lateFollower: number;
  /** How long after its last alert a place may suffer again from one that still is in trouble. */
  readonly relapse: number;
  readonly maxHops: number;
}

/** How near an alert is to an incident: `cost` in ms-equivalents, lower is nearer, and the reason in words. */
export interface Nearness {
  readonly incident: OpenIncident;
  readonly cost: number;
  readonly reason: string;
  readonly side: 'same' | 'callee' | 'caller';
}

const hopCost = 60_000;
const againstCalls = 60_000;
/** `which failed 5 s earlier`; what is less than a second apart came together. */
const failed = (gap: number) =>
  gap < 1000 ? 'which failed at the same time' : `which failed ${saySpan(gap)} earlier`;

/** The index from places to open incidents, so that only neighbours are looked at. */
export type ByPlace = ReadonlyMap<string, ReadonlySet<OpenIncident>>;

/** All open incidents that an alert at `place` may join at `t`, nearest first; ties by age, then id. */
export function nearIncidents(
  place: Place,
  t: number,
  known: { readonly graph: Graph; readonly byPlace: ByPlace; readonly options: NearnessOptions },
): Nearness[] {
  const when = { t, options: known.options };
  const best = new Map<OpenIncident, Nearness>();
  const offer = (found: Nearness | undefined) => {
    if (found === undefined) return;
    const before = best.get(found.incident);
    if (before === undefined || found.cost < before.cost) best.set(found.incident, found);
  };
  for (const incident of known.byPlace.get(place.id) ?? [])
    offer(samePlace(incident, place, { ...when, graph: known.graph }));
  for (const incident of known.byPlace.get(`shared:${place.id}`) ?? [])
    offer(accusedPlace(incident, place.id, when));
  if (place.peer !== undefined)
    for (const incident of known.byPlace.get(place.peer) ?? [])
      offer(namedCallee(incident, { place, peer: place.peer }, when));
  for (const other of place.also)
    for (const incident of known.byPlace.get(`shared:${other}`) ?? [])
      offer(sharedPlace(incident, other, when));
  for (const near of known.graph.near(place.id, known.options.maxHops))
    for (const incident of known.byPlace.get(near.id) ?? [])
      offer(
        near.side === 'callee'
          ? calleeFailed(incident, { place, near }, { ...when, graph: known.graph })
          : callerFailed(incident, { place, near }, { ...when, graph: known.graph }),
      );
  return [...best.values()].sort(
    (a, b) =>
      a.cost - b.cost ||
      a.incident.openedAt - b.incident.openedAt ||
      (a.incident.id < b.incident.id ? -1 : 1),
  );
}

interface When {
  readonly t: number;
  readonly options: NearnessOptions;
}

interface WhenAndWhere extends When {
  readonly graph: Graph;
}

/** How long `id` has been quiet, ms: 0 while an alert fires there, NaN when it is no place of the incident. */
function quietFor(incident: OpenIncident, id: string, t: number): number {
  const activity = incident.places.get(id);
  if (activity === undefined) return Number.NaN;
  return activity.firing > 0 ? 0 : t - activity.last;
}

/** The shortest quiet of the places of the incident that `id` calls directly; undefined when it calls none of them. */
function causesQuietFor(incident: OpenIncident, id: string, at: WhenAndWhere): number | undefined {
  let shortest: number | undefined;
  for (const near of at.graph.near(id, 1)) {
    if (near.side !== 'callee') continue;
    const quiet = quietFor(incident, near.id, at.t);
    if (!Number.isNaN(quiet)) shortest = Math.min(quiet, shortest ?? quiet);
  }
  return shortest;
}

/** A place that suffers from others belongs to their incident only as long as one of them is in trouble. */
function samePlace(incident: OpenIncident, place: Place, at: WhenAndWhere): Nearness | undefined {
  const { t, options } = at;
  const { id } = place;
  const activity = incident.places.get(id);
  if (activity === undefined) return undefined;
  const own = quietFor(incident, id, t);
  const explained = causesQuietFor(incident, id, at);
  const causes = explained ?? 0;
  const relapses = place.suffers === true && explained === 0 && own <= options.relapse;
  if ((own > options.window && !relapses) || causes > options.window) return undefined;
  const unexplained = place.suffers === true && explained === undefined ? 1 : 0;
  const since = t - activity.first;
  const reason =
    since < 1000
      ? `${id} itself came into trouble at the same time`
      : `${id} itself has been in trouble for ${saySpan(since)}`;
  return { incident, cost: own / 10 + causes + unexplained, reason, side: 'same' };
}

function sharedPlace(incident: OpenIncident, id: string, { t, options }: When): Nearness | undefined {
  if (t - incident.lastAt > options.window) return undefined;
  return {
    incident,
    cost: hopCost / 2,
    reason: `it shares ${id} with other alerts of the incident`,
    side: 'same',
  };
}

/** A callee that the alert itself names, and that is in trouble now: no other place explains it better. */
function namedCallee(
  incident: OpenIncident,
  { place, peer }: { readonly place: Place; readonly peer: string },
  { t }: When,
): Nearness | undefined {
  const activity = incident.places.get(peer);
  if (activity === undefined || activity.firing === 0) return undefined;
  const since = t - activity.first;
  const reason = `it is about calls from ${place.id} to ${peer}, in trouble for ${saySpan(since)}`;
  return { incident, cost: 0, reason, side: 'callee' };
}

/** A place to which the incident's calls are abnormal. */
function accusedPlace(incident: OpenIncident, id: string, { t, options }: When): Nearness | undefined {
  if (incident.firing === 0 && t - incident.lastAt > options.window) return undefined;
  const reason = `alerts of the incident are about calls to ${id}`;
  return { incident, cost: hopCost, reason, side: 'caller' };
}

interface Pair {
  readonly place: Place;
  readonly near: { readonly id: string; readonly hops: number };
}

/** How long after a callee came into trouble its callers are held to suffer from it, ms. */
function reachOf(incident: OpenIncident, { place, near }: Pair, options: NearnessOptions): number {
  const { first, last, firing } = incident.places.get(near.id)!;
  if (first !== last) return options.spread;
  // A callee that fired only once may be noise: it explains its callers for a third of the time.
  const third = options.spread / 3;
  if (place.suffers !== true || firing === 0) return third;
  const grave = [...incident.members.values()].some(
    member => member.place.id === near.id && severityRank(member.alert.labels) >= 3,
  );
  return grave ? options.spread : Math.max(third, options.window);
}

function calleeFailed(incident: OpenIncident, pair: Pair, at: WhenAndWhere): Nearness | undefined {
  const activity = incident.places.get(pair.near.id);
  if (activity === undefined) return undefined;
  const gap = at.t - activity.first;
  const quiet = activity.firing > 0 ? 0 : at.t - activity.last;
  if (quiet > at.options.window) return undefined;
  if (gap > reachOf(incident, pair, at.options)) return lateFollower(incident, pair, at);
  const how = pair.near.hops === 1 ? 'calls' : `depends over ${pair.near.hops} calls on`;
  const reason = `${pair.place.id} ${how} ${pair.near.id}, ${failed(gap)}`;
  return { incident, cost: pair.near.hops * hopCost + gap, reason, side: 'callee' };
}

/**
 * A caller that suffers late, as rules that wait for minutes show it: only while the callee that it calls directly still
 * is in trouble and another of its callers suffers already, so that what comes from it has been seen to spread.
 */
function lateFollower(incident: OpenIncident, { place, near }: Pair, at: WhenAndWhere): Nearness | undefined {
  const activity = incident.places.get(near.id)!;
  const gap = at.t - activity.first;
  if (place.suffers !== true || near.hops > 1 || activity.firing === 0) return undefined;
  if (gap > at.options.lateFollower) return undefined;
  const other = at.graph
    .near(near.id, 1)
    .find(({ id, side }) => side === 'caller' && id !== place.id && quietFor(incident, id, at.t) === 0);
  if (other === undefined) return undefined;
  const reason = `${place.id} calls ${near.id}, in trouble for ${saySpan(gap)}, and shows it late; ${other.id}, which calls it too, suffers already`;
  return { incident, cost: hopCost + gap, reason, side: 'callee' };
}

/**
 * A cause that shows late: only of a place that nothing in the incident explains yet. What a callee is asked follows its
 * callers: its traffic may change as long as they are held to suffer.
 */
function callerFailed(incident: OpenIncident, pair: Pair, at: WhenAndWhere): Nearness | undefined {
  const { t, options } = at;
  const { asked = false } = pair.place;
  if (!asked && causesQuietFor(incident, pair.near.id, at) !== undefined) return undefined;
  const activity = incident.places.get(pair.near.id);
  if (activity === undefined) return undefined;
  const gap = t - activity.first;
  if (gap > (asked ? options.spread : options.lateCause)) return undefined;
  const how = pair.near.hops === 1 ? 'is called' : `is used over ${pair.near.hops} calls`;
  const reason = `${pair.place.id} ${how} by ${pair.near.id}, ${failed(gap)}`;
  return { incident, cost: pair.near.hops * hopCost + gap + againstCalls, reason, side: 'caller' };
}
