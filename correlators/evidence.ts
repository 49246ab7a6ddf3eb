import { isAbout, surroundingsOf } from '../core/about.ts';
import type { Anomaly } from '../core/detector.ts';
import { type Labels, omit } from '../core/labels.ts';
import { sayCount, saySignal } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import { sayOdds, sayRange, sayValue } from '../core/say-value.ts';
import type { Change } from '../core/topology.ts';
import type { Candidate } from './candidate.ts';
import { isAboutCalls } from './complaint.ts';
import type { OpenIncident } from './open-incident.ts';
import { peerLabels, peerOf, severityRank } from './place.ts';
import type { Sighting } from './sightings.ts';
import { isLoss, symptomOf, symptomOfAnomaly } from './symptom.ts';

/** What speaks for a candidate beside onset and graph: `bonus` is added to its score. */
export interface Extra {
  readonly bonus: number;
  /** True when its state changed (a deploy, a loss), so that it did not only degrade. */
  readonly changed: boolean;
  readonly signal: string | undefined;
  readonly words: readonly string[];
}

/** A change may act at most this long before the first alert, ms. */
const changeReach = 1_800_000;

/** A change that is read off metrics stands where it was first seen, ms. */
const seenLate = 30_000;

function changeWords({ t, kind, text }: Change, { onset }: Candidate): string {
  const when = t > onset ? 'seen at the onset' : `${saySpan(onset - t)} before`;
  return `${kind} ${when}: ${text}`;
}

/** True for a change around an open incident, of something that has alerts there or is suspected. */
export function mayExplain({ t, entity }: Change, { startsAt, members, suspects }: OpenIncident): boolean {
  if (t < startsAt - changeReach) return false;
  if (suspects.some(suspect => isAbout(entity, suspect.entity))) return true;
  return [...members.values()].some(({ alert }) => isAbout(entity, alert.labels));
}

/** Changes, losses and deviations of one candidate. `start` is the first sign of the incident, ms. */
export function extraEvidence(
  me: Candidate,
  start: number,
  known: { readonly sightings: readonly Sighting[]; readonly changes: readonly Change[] },
): Extra {
  const words: string[] = [];
  let bonus = 0;
  const change = known.changes
    .filter(c => c.t <= me.onset + seenLate && c.t >= start - changeReach && concerns(c.entity, me))
    .sort((a, b) => b.t - a.t)[0];
  if (change !== undefined) {
    bonus += 0.3;
    words.push(changeWords(change, me));
  }
  const lost = lossWords(me, known.sightings);
  if (lost !== undefined) {
    bonus += 0.2;
    words.push(lost);
  }
  const strongest = deviation(me, known.sightings);
  if (strongest !== undefined) {
    bonus += 0.1 * Math.min(1, -Math.log10(Math.max(strongest.anomaly.p, 1e-10)) / 10);
    words.push(deviationWords(strongest));
  }
  const critical = me.members.filter(m => severityRank(m.alert.labels) >= 3).length;
  if (critical > 0)
    words.push(
      `${critical} of its ${sayCount(me.members.length, 'alert')} ${critical === 1 ? 'is' : 'are'} critical`,
    );
  const changed = change !== undefined || lost !== undefined;
  return { bonus, changed, signal: strongest && outside(strongest)?.signal, words };
}

/** Whether labels speak of the candidate: of its name where its alerts are, or of an alert there, whose callee is another thing. */
function concerns(entity: Labels, { entity: own, members }: Candidate): boolean {
  if (members.length === 0) return isAbout(entity, own);
  return members.some(
    ({ alert: { labels } }) =>
      isAbout(entity, { ...surroundingsOf(labels), ...own }) || isAbout(entity, omit(labels, peerLabels)),
  );
}

function lossWords(me: Candidate, sightings: readonly Sighting[]): string | undefined {
  const lost = me.members.find(m => !isAboutCalls(m) && isLoss(symptomOf(m.alert)));
  if (lost !== undefined) {
    const { instance, pod } = lost.alert.labels;
    const part = [instance, pod].find(name => name !== undefined && name !== me.id);
    const who = part === undefined ? me.id : `${part} of ${me.id}`;
    return `${symptomOf(lost.alert).name} says that ${who} is gone`;
  }
  const down = sightings.find(
    ({ anomaly }) =>
      anomaly.worst?.value === 0 && isLoss(symptomOfAnomaly(anomaly)) && isOwn(anomaly.entity, me),
  );
  if (down === undefined) return undefined;
  return `${down.anomaly.worst?.signal} is 0: ${down.anomaly.entity.instance ?? me.id} of ${me.id} does not answer`;
}

/** Abnormal calls speak of the callee, everything else of the place itself. */
function isOwn(entity: Labels, me: Candidate): boolean {
  const peer = peerOf(entity);
  return peer === undefined ? concerns(entity, me) : peer === me.id;
}

/** The observed value when it lies outside of what was expected. */
function outside({ anomaly }: Sighting): Anomaly['worst'] {
  const { worst, band } = anomaly;
  if (worst === undefined || band === undefined) return worst;
  return worst.value >= band.low && worst.value <= band.high ? undefined : worst;
}

function deviation(me: Candidate, sightings: readonly Sighting[]): Sighting | undefined {
  return sightings
    .filter(({ anomaly }) => Number.isFinite(anomaly.p) && isOwn(anomaly.entity, me))
    .sort(
      (a, b) =>
        Number(outside(b) !== undefined) - Number(outside(a) !== undefined) ||
        a.anomaly.p - b.anomaly.p ||
        b.anomaly.score - a.anomaly.score,
    )[0];
}

function deviationWords(seen: Sighting): string {
  const { band, p, entity } = seen.anomaly;
  const worst = outside(seen);
  const peer = peerOf(entity);
  const caller = Object.values(entity).find(value => value !== peer) ?? 'its callers';
  const whose = peer === undefined ? 'its metrics' : `calls from ${caller} to it`;
  if (worst === undefined) return `${whose} are abnormal, ${sayOdds(p)}`;
  const { value, unit } = worst;
  const range = band === undefined ? '' : `, expected ${sayRange(band, value, unit)}`;
  const of = peer === undefined ? '' : ` from ${caller} to it`;
  return `${saySignal(worst.signal)}${of} is ${sayValue(value, unit)}${range}, ${sayOdds(p)}`;
}
