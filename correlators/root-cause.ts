import type { Anomaly } from '../core/detector.ts';
import type { Suspect } from '../core/incident.ts';
import { includes, type Labels } from '../core/labels.ts';
import type { Change } from '../core/topology.ts';
import type { OpenIncident, OpenMember } from './open-incident.ts';
import { severityRank } from './place.ts';
import type { Graph } from './topology.ts';

/** What is known about an incident when its cause is asked for. */
export interface CauseEvidence {
  readonly graph: Graph;
  readonly anomalies: readonly Anomaly[];
  readonly changes: readonly Change[];
}

interface Candidate {
  readonly id: string;
  readonly entity: Labels;
  readonly first: OpenMember;
  readonly members: readonly OpenMember[];
  readonly onset: number;
}

/** Onsets closer than this cannot be told apart: alert rules look at intervals. */
const onsetScale = 60_000;
/** A change may act at most this long before the first alert. */
const changeReach = 1_800_000;
const maxSuspects = 10;

const isLoss = (alertname: string) =>
  /down|absent|unreachable|notready|missing|crash|oomkill/i.test(alertname);
const isDegradation = (alertname: string) => /latency|slow|error|duration|apdex|degrad/i.test(alertname);

/**
 * Ranks the places of an incident as its cause. Score = onset (1 for the earliest, halved per minute) x .35 + share of the
 * other places that call it, directly or not x .4 + own standing (not itself explained by a callee that failed) x .25, plus
 * bonuses for a change there, the loss of an instance and the size of the deviation. A place that only degraded stands
 * behind one that it calls and that changed state.
 */
export function rankSuspects(incident: OpenIncident, evidence: CauseEvidence): Suspect[] {
  const candidates = candidatesOf(incident);
  const ranked = candidates.map(candidate => suspectOf(candidate, candidates, evidence));
  return ranked
    .sort((a, b) => b.score - a.score || (JSON.stringify(a.entity) < JSON.stringify(b.entity) ? -1 : 1))
    .slice(0, maxSuspects);
}

function candidatesOf(incident: OpenIncident): Candidate[] {
  const byPlace = new Map<string, OpenMember[]>();
  for (const member of incident.members.values()) {
    const list = byPlace.get(member.place.id);
    if (list === undefined) byPlace.set(member.place.id, [member]);
    else list.push(member);
  }
  return [...byPlace].map(([id, members]) => {
    const first = members.reduce((a, b) => (b.since < a.since ? b : a));
    return { id, entity: first.place.entity, first, members, onset: first.since };
  });
}

function suspectOf(me: Candidate, all: readonly Candidate[], evidence: CauseEvidence): Suspect {
  const { graph } = evidence;
  const start = Math.min(...all.map(other => other.onset));
  const others = all.filter(other => other !== me);
  const explained = others.filter(other => graph.reach(other.id).has(me.id));
  const below = others.filter(
    other => graph.reach(me.id).has(other.id) && other.onset <= me.onset + onsetScale,
  );
  const onset = 1 / (1 + (me.onset - start) / onsetScale);
  const share = others.length === 0 ? 1 : explained.length / others.length;
  const standing = 1 / (1 + below.length);
  const words = [onsetWords(me, start)];
  if (others.length > 0) words.push(explainWords(me, explained, others.length));
  if (below.length > 0)
    words.push(`it calls ${listed(below.map(other => other.id))}, in trouble too: explained by that`);
  const extra = extraEvidence(me, start, evidence);
  const demoted =
    !extra.changed &&
    below.length > 0 &&
    me.members.every(m => isDegradation(m.alert.labels.alertname ?? ''));
  const score = (0.35 * onset + 0.4 * share + 0.25 * standing + extra.bonus) * (demoted ? 0.8 : 1);
  return {
    entity: me.entity,
    signal: extra.signal ?? me.first.alert.labels.alertname ?? '',
    score: Math.round(score * 10_000) / 10_000,
    evidence: [...words, ...extra.words],
  };
}

function onsetWords(me: Candidate, start: number): string {
  const name = me.first.alert.labels.alertname ?? 'an alert';
  if (me.onset === start) return `${name} on ${me.id} was the first sign`;
  return `${name} on ${me.id} came ${Math.round((me.onset - start) / 1000)} s after the first sign`;
}

function explainWords(me: Candidate, explained: readonly Candidate[], of: number): string {
  if (explained.length === 0) return `none of the other ${of} places in trouble calls ${me.id}`;
  const names = listed(explained.map(other => other.id));
  return `${explained.length} of the other ${of} places in trouble depend on ${me.id}: ${names}`;
}

function listed(names: readonly string[]): string {
  const sorted = [...names].sort();
  return sorted.length <= 5
    ? sorted.join(', ')
    : `${sorted.slice(0, 5).join(', ')} and ${sorted.length - 5} more`;
}

interface Extra {
  readonly bonus: number;
  readonly changed: boolean;
  readonly signal: string | undefined;
  readonly words: readonly string[];
}

function extraEvidence(me: Candidate, start: number, evidence: CauseEvidence): Extra {
  const words: string[] = [];
  let bonus = 0;
  const change = evidence.changes
    .filter(c => c.t <= me.onset && c.t >= start - changeReach && concerns(c.entity, me))
    .sort((a, b) => b.t - a.t)[0];
  if (change !== undefined) {
    bonus += 0.3;
    words.push(`${change.kind} ${Math.round((me.onset - change.t) / 1000)} s before: ${change.text}`);
  }
  const lost = me.members.find(m => isLoss(m.alert.labels.alertname ?? ''));
  if (lost !== undefined) {
    bonus += 0.2;
    words.push(`${lost.alert.labels.alertname} says that ${me.id} or a part of it is gone`);
  }
  const strongest = deviation(me, evidence.anomalies);
  if (strongest !== undefined) {
    bonus += 0.1 * Math.min(1, -Math.log10(Math.max(strongest.p, 1e-10)) / 10);
    words.push(deviationWords(strongest));
  }
  const critical = me.members.filter(m => severityRank(m.alert.labels) >= 3).length;
  if (critical > 0) words.push(`${critical} of its ${me.members.length} alerts are critical`);
  const changed = change !== undefined || lost !== undefined;
  return { bonus, changed, signal: strongest?.worst?.signal, words };
}

function concerns(entity: Labels, me: Candidate): boolean {
  if (Object.keys(entity).length === 0) return false;
  return Object.values(entity).includes(me.id) || me.members.some(m => includes(m.alert.labels, entity));
}

function deviation(me: Candidate, anomalies: readonly Anomaly[]): Anomaly | undefined {
  return anomalies
    .filter(a => Number.isFinite(a.p) && a.p < 0.01 && concerns(a.entity, me))
    .sort((a, b) => a.p - b.p || b.score - a.score)[0];
}

function deviationWords(anomaly: Anomaly): string {
  const { worst, band, p } = anomaly;
  if (worst === undefined) return `its metrics are abnormal, p = ${p.toExponential(1)}`;
  const range = band === undefined ? '' : `, expected ${short(band.low)} to ${short(band.high)}`;
  return `${worst.signal} is ${short(worst.value)}${range}, p = ${p.toExponential(1)}`;
}

const short = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'unknown');
