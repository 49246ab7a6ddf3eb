import type { Suspect } from '../core/incident.ts';
import { saySpan } from '../core/say-time.ts';
import type { Change } from '../core/topology.ts';
import { type Candidate, candidatesOf, onsetScale } from './candidate.ts';
import { extraEvidence } from './evidence.ts';
import { metricsEvidence } from './metrics-evidence.ts';
import type { OpenIncident } from './open-incident.ts';
import type { Sighting } from './sightings.ts';
import { isDegradation, isTraffic, type Symptom, symptomOf } from './symptom.ts';
import type { Graph } from './topology.ts';

/** What is known about an incident when its cause is asked for. */
export interface CauseEvidence {
  readonly graph: Graph;
  readonly sightings: readonly Sighting[];
  readonly changes: readonly Change[];
}

const maxSuspects = 10;

/** What a place shows that only follows others. */
const isFollowing = (symptom: Symptom) => isDegradation(symptom) || isTraffic(symptom);

/**
 * Ranks the places of an incident as its cause. Score = onset (1 for the earliest, halved per minute) x .35 + share of the
 * other places that call it, directly or not x .4 + own standing (not itself explained by a callee that failed) x .25, plus
 * bonuses for a change there, the loss of an instance and the size of the deviation. A place that only degraded stands
 * behind one that it calls and that changed state. A callee that its callers complain of is a place like the others; one
 * that is doubted (its accusers were in trouble of their own first, only its traffic changed) counts half and explains nobody.
 */
export function rankSuspects(incident: OpenIncident, evidence: CauseEvidence): Suspect[] {
  const candidates = candidatesOf(incident, evidence);
  const { metrics } = incident;
  const ranked = candidates.map(candidate => suspectOf(candidate, candidates, { ...evidence, metrics }));
  return ranked
    .sort((a, b) => b.score - a.score || (JSON.stringify(a.entity) < JSON.stringify(b.entity) ? -1 : 1))
    .slice(0, maxSuspects);
}

/** True when `caller` depends on `me` by the graph, or by its own word. */
function dependsOn(caller: Candidate, me: Candidate, graph: Graph): boolean {
  const reach = graph.reach(caller.id);
  if (reach.has(me.id)) return true;
  return me.complaints.some(({ caller: id }) => id === caller.id || (id !== me.id && reach.has(id)));
}

function suspectOf(
  me: Candidate,
  all: readonly Candidate[],
  evidence: CauseEvidence & Pick<OpenIncident, 'metrics'>,
): Suspect {
  const { graph } = evidence;
  const start = startOf(all);
  const others = all.filter(other => other !== me && other.doubt === undefined);
  const explained = others.filter(other => dependsOn(other, me, graph));
  const below = others.filter(other => dependsOn(me, other, graph) && other.onset <= me.onset + onsetScale);
  const onset = 1 / (1 + Math.max(0, me.onset - start) / onsetScale);
  const share = others.length === 0 ? 1 : explained.length / others.length;
  const standing = 1 / (1 + below.length);
  const extra = extraEvidence(me, start, evidence);
  const metrics = metricsEvidence(me.id, evidence.metrics);
  const demoted =
    !extra.changed && below.length > 0 && me.members.every(m => isFollowing(symptomOf(m.alert)));
  const weight = (demoted ? 0.8 : 1) * (me.doubt === undefined ? 1 : 0.5);
  const score = (0.35 * onset + 0.4 * share + 0.25 * standing + extra.bonus + 0.3 * metrics.share) * weight;
  const words = [onsetWords(me, start)];
  if (me.complaints.length > 0) words.push(complaintWords(me, below));
  if (others.length > 0) words.push(explainWords(me, explained, others.length));
  if (below.length > 0)
    words.push(`it calls ${listed(below.map(other => other.id))}, in trouble too: explained by that`);
  if (me.doubt !== undefined) words.push(me.doubt);
  return {
    entity: me.entity,
    signal: extra.signal ?? (signalOf(me) || (metrics.signal ?? '')),
    score: Math.round(score * 10_000) / 10_000,
    evidence: [...words, ...extra.words, ...metrics.words],
  };
}

/** The first sign of trouble that nobody doubts, ms. */
function startOf(all: readonly Candidate[]): number {
  const sure = all.filter(one => one.doubt === undefined);
  return Math.min(...(sure.length > 0 ? sure : all).map(one => one.onset));
}

function signalOf(me: Candidate): string {
  const first = me.members.reduce<(typeof me.members)[number] | undefined>(
    (a, b) => (a === undefined || b.since < a.since ? b : a),
    undefined,
  );
  return first === undefined ? (me.complaints[0]?.symptom ?? '') : symptomOf(first.alert).name;
}

function onsetWords(me: Candidate, start: number): string {
  if (me.onset <= start) return `${me.firstSign} was the first sign`;
  return `${me.firstSign} came ${saySpan(me.onset - start)} after the first sign`;
}

function complaintWords(me: Candidate, below: readonly Candidate[]): string {
  const callers = [...new Set(me.complaints.map(c => c.caller))];
  const itself = below.length > 0 ? '' : `; ${me.id} itself calls nothing that is in trouble`;
  return `calls from ${listed(callers)} to ${me.id} fail or are slow${itself}`;
}

function explainWords(me: Candidate, explained: readonly Candidate[], of: number): string {
  const places = of === 1 ? 'the one other place' : `the other ${of} places`;
  if (explained.length === 0) return `none of ${places} in trouble calls ${me.id}`;
  const names = listed(explained.map(other => other.id));
  const many = of === 1 ? places : `${explained.length} of ${places}`;
  return `${many} in trouble ${explained.length === 1 ? 'depends' : 'depend'} on ${me.id}: ${names}`;
}

function listed(names: readonly string[]): string {
  const sorted = [...names].sort();
  if (sorted.length > 5) return `${sorted.slice(0, 5).join(', ')} and ${sorted.length - 5} more`;
  return sorted.length < 2 ? sorted.join('') : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}
