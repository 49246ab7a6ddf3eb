import type { Labels } from '../core/labels.ts';
import type { OpenMember } from './open-incident.ts';
import { peerOf } from './place.ts';
import type { Sighting } from './sightings.ts';
import { isDegradation, symptomOf, symptomOfAnomaly } from './symptom.ts';

/** A caller that says that its calls to a callee fail or are slow, since when (ms), and how it was named. */
export interface Complaint {
  readonly caller: string;
  readonly callee: string;
  readonly symptom: string;
  readonly since: number;
  /** The label by which the caller is named: the callee is a thing of the same kind. */
  readonly kind: string;
  /** False when only metrics say so: what is too small for an alert counts as a hint. */
  readonly alerted: boolean;
}

/** Anomalies with a larger p accuse nobody: they are too common. */
export const accusingP = 0.001;

/** True for alerts about calls to another place: they say nothing of the place that calls. */
export function isAboutCalls(member: OpenMember): boolean {
  const peer = peerOf(member.alert.labels);
  return peer !== undefined && peer !== member.place.id;
}

function fromMember(member: OpenMember): Complaint[] {
  const { alert, place, since } = member;
  const callee = peerOf(alert.labels);
  const symptom = symptomOf(alert);
  if (callee === undefined || callee === place.id || !isDegradation(symptom)) return [];
  const kind = Object.keys(place.entity)[0] ?? 'service';
  return [{ caller: place.id, callee, symptom: symptom.name, since, kind, alerted: true }];
}

/** The label of `entity` that names one of the places. */
function placeLabel(entity: Labels, places: ReadonlySet<string>): string | undefined {
  const peer = peerOf(entity);
  return Object.keys(entity).find(name => entity[name] !== peer && places.has(entity[name]!));
}

function fromSighting({ anomaly, since }: Sighting, places: ReadonlySet<string>): Complaint[] {
  const { entity, worst, band, p } = anomaly;
  const callee = peerOf(entity);
  const kind = placeLabel(entity, places);
  if (callee === undefined || kind === undefined || worst === undefined) return [];
  const high = band === undefined || worst.value > band.high;
  if (!(p < accusingP) || !high || !isDegradation(symptomOfAnomaly(anomaly))) return [];
  return [{ caller: entity[kind]!, callee, symptom: worst.signal, since, kind, alerted: false }];
}

/** Who complains of whom: alerts and anomalies about calls, of callers that stand in the incident. */
export function complaintsOf(
  members: Iterable<OpenMember>,
  sightings: readonly Sighting[],
): readonly Complaint[] {
  const all = [...members];
  const places = new Set(all.map(member => member.place.id));
  return [...all.flatMap(fromMember), ...sightings.flatMap(seen => fromSighting(seen, places))];
}
