import type { Labels } from '../core/labels.ts';
import { saySignal } from '../core/say-name.ts';
import { accusingP, type Complaint, complaintsOf, isAboutCalls } from './complaint.ts';
import type { OpenIncident, OpenMember } from './open-incident.ts';
import { peerOf } from './place.ts';
import type { Sighting } from './sightings.ts';
import {
  isDegradation,
  isResource,
  isTraffic,
  type Symptom,
  symptomOf,
  symptomOfAnomaly,
} from './symptom.ts';
import type { Graph } from './topology.ts';

/** A place that may be the cause: it has alerts of its own, or others complain of it, or both. */
export interface Candidate {
  readonly id: string;
  readonly entity: Labels;
  readonly members: readonly OpenMember[];
  /** What callers say of it. */
  readonly complaints: readonly Complaint[];
  /** First sign of trouble in it, ms: its traffic and its calls to others count only when there is nothing else. */
  readonly onset: number;
  readonly firstSign: string;
  /** Why what speaks against it does not convince, in words; undefined when they do. */
  readonly doubt: string | undefined;
}

/** Onsets closer than this cannot be told apart, ms: alert rules look at intervals, each at its own. */
export const onsetScale = 60_000;

interface Sign {
  readonly since: number;
  readonly what: string;
}

function earliest(signs: readonly Sign[]): Sign | undefined {
  return signs.reduce<Sign | undefined>((a, b) => (a === undefined || b.since < a.since ? b : a), undefined);
}

function signOf(id: string, members: readonly OpenMember[], complaints: readonly Complaint[]): Sign {
  const signs = (some: readonly OpenMember[]) =>
    some.map(m => ({ since: m.since, what: `${saySignal(symptomOf(m.alert).name)} ${whereOf(m)}` }));
  const said = complaints.map(c => ({
    since: c.since,
    what: `${saySignal(c.symptom)} from ${c.caller} to ${id}`,
    alerted: c.alerted,
  }));
  const own = members.filter(m => !isAboutCalls(m) && !isTraffic(symptomOf(m.alert)));
  return (
    earliest([...signs(own), ...said.filter(c => c.alerted)]) ??
    earliest(signs(members)) ??
    earliest(said) ?? { since: 0, what: `trouble on ${id}` }
  );
}

function whereOf(member: OpenMember): string {
  const { alert, place } = member;
  return isAboutCalls(member) ? `from ${place.id} to ${peerOf(alert.labels)}` : `on ${place.id}`;
}

/** Whether a caller was in trouble of its own before it complained: short of a resource, or failing already. */
function ownTroubleFirst(members: readonly OpenMember[], since: number): 'resource' | 'earlier' | undefined {
  const own = members.filter(m => !isAboutCalls(m));
  const of = (test: (symptom: Symptom) => boolean) =>
    own.filter(m => test(symptomOf(m.alert))).map(m => m.since);
  if (of(isResource).some(t => t <= since)) return 'resource';
  if (of(isDegradation).some(t => t < since - onsetScale)) return 'earlier';
  return undefined;
}

interface Known {
  readonly byPlace: ReadonlyMap<string, readonly OpenMember[]>;
  readonly graph: Graph;
  /** Whether metrics of the place itself say clearly that it is slow or fails. */
  readonly degraded: (id: string) => boolean;
}

/** A place with alerts is doubted when they tell only that it is asked more or less than usual. */
function doubtOf(id: string, complaints: readonly Complaint[], known: Known): string | undefined {
  const accused = complaints.filter(c => c.alerted);
  const members = known.byPlace.get(id) ?? [];
  if (members.length > 0) {
    const asked = members.every(m => isTraffic(symptomOf(m.alert))) && !known.degraded(id);
    return asked && accused.length === 0
      ? `only its traffic changed, which comes from its callers`
      : undefined;
  }
  if (accused.length === 0) return `no alert says so: the calls to ${id} deviate by little`;
  return doubtOfAccused(id, accused, known);
}

/**
 * A callee that is accused by its callers only: it is doubted when each of them ran short of a resource first, or when
 * the only one that complains, of several callers, failed before its calls did.
 */
function doubtOfAccused(id: string, complaints: readonly Complaint[], known: Known): string | undefined {
  const callers = [...new Set(complaints.map(c => c.caller))].sort();
  const others = known.graph.near(id, 1).filter(n => n.side === 'caller' && !callers.includes(n.id));
  const trouble = callers.map(caller =>
    ownTroubleFirst(
      known.byPlace.get(caller) ?? [],
      Math.min(...complaints.filter(c => c.caller === caller).map(c => c.since)),
    ),
  );
  if (trouble.every(found => found === 'resource'))
    return `only ${callers.join(' and ')} complains of ${id}, short of a resource of its own before`;
  if (callers.length === 1 && others.length > 0 && trouble[0] !== undefined)
    return `of its ${1 + others.length} callers only ${callers[0]} complains, and was in trouble before`;
  return undefined;
}

/** Causes are looked for among so many places, those that came into trouble first. */
const mostPlaces = 100;

function earliestMembers(incident: OpenIncident): readonly OpenMember[] {
  const all = [...incident.members.values()];
  if (incident.places.size <= mostPlaces) return all;
  const first = [...incident.places].sort(([, a], [, b]) => a.first - b.first).slice(0, mostPlaces);
  const places = new Set(first.map(([id]) => id));
  return all.filter(({ place }) => places.has(place.id));
}

function put<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The places of an incident, the first ones of many, and the callees that its alerts and the anomalies accuse. */
export function candidatesOf(
  incident: OpenIncident,
  known: { readonly graph: Graph; readonly sightings: readonly Sighting[] },
): Candidate[] {
  const byPlace = new Map<string, OpenMember[]>();
  const first = earliestMembers(incident);
  for (const member of first) put(byPlace, member.place.id, member);
  const byCallee = new Map<string, Complaint[]>();
  for (const complaint of complaintsOf(first, known.sightings)) put(byCallee, complaint.callee, complaint);
  const slow = known.sightings.filter(
    ({ anomaly }) =>
      anomaly.p < accusingP &&
      peerOf(anomaly.entity) === undefined &&
      isDegradation(symptomOfAnomaly(anomaly)),
  );
  const degraded = (id: string) => slow.some(({ anomaly }) => Object.values(anomaly.entity).includes(id));
  const named = [...new Set([...byPlace.keys(), ...byCallee.keys()])].map(id => {
    const members = byPlace.get(id) ?? [];
    const complaints = byCallee.get(id) ?? [];
    const { since, what } = signOf(id, members, complaints);
    const entity = members[0]?.place.entity ?? { [complaints[0]?.kind ?? 'service']: id };
    const doubt = doubtOf(id, complaints, { byPlace, graph: known.graph, degraded });
    return { id, entity, members, complaints, onset: since, firstSign: what, doubt };
  });
  return [...named, ...onlyMeasured(incident, new Set(named.map(({ id }) => id)))];
}

/** Metrics that speak for a place so much less than for the best one name nobody by themselves. */
const leastShare = 0.3;
const mostMeasured = 3;

/** Places without an alert and without a complaint for which the metrics speak. */
function onlyMeasured({ metrics, startsAt }: OpenIncident, named: ReadonlySet<string>): Candidate[] {
  const [best] = metrics?.services ?? [];
  const strong = metrics?.services.filter(({ score }) => score >= leastShare * best!.score) ?? [];
  return strong
    .filter(({ name }) => !named.has(name))
    .slice(0, mostMeasured)
    .map(({ name }) => ({
      id: name,
      entity: { service: name },
      members: [],
      complaints: [],
      onset: startsAt + onsetScale,
      firstSign: `a change in the metrics of ${name}`,
      doubt: name === best!.name ? undefined : 'no alert says so: only its metrics changed',
    }));
}
