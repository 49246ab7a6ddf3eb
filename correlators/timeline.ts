import type { TimelineEntry } from '../core/incident.ts';
import { sayCount, sayList, saySignal } from '../core/say-name.ts';
import { isAboutCalls } from './complaint.ts';
import type { OpenMember } from './open-incident.ts';
import { peerOf } from './place.ts';
import { symptomOf } from './symptom.ts';

/** So many places are named in one line. */
const mostPlaces = 6;
/** So many alerts are told of one by one. */
export const mostAlerts = 500;

function symptomWords({ alert }: OpenMember): string {
  const words = saySignal(symptomOf(alert).name);
  return alert.labels.signal === undefined ? words : `${words} unusual`;
}

interface Group {
  readonly at: number;
  readonly symptom: string;
  readonly places: string[];
  readonly calls: string[];
}

/** `frontend (2)` where two alerts say it, each place once, in the order in which they came. */
function counted(places: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts].map(([place, n]) => (n === 1 ? place : `${place} (${n})`));
}

/** One line for all alerts of one kind that came at the same time; of very many alerts the first ones. */
export function symptomLines(members: Iterable<OpenMember>): readonly TimelineEntry[] {
  const groups = new Map<string, Group>();
  let shown = 0;
  for (const member of members) {
    if (shown++ === mostAlerts) break;
    const symptom = symptomWords(member);
    const key = `${member.since} ${symptom}`;
    const group = groups.get(key) ?? { at: member.since, symptom, places: [], calls: [] };
    const { id } = member.place;
    if (isAboutCalls(member)) group.calls.push(`from ${id} to ${peerOf(member.alert.labels)}`);
    else group.places.push(id);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ at, symptom, places, calls }) => {
    const on = places.length === 0 ? '' : ` on ${sayList(counted(places), mostPlaces)}`;
    const between = calls.length === 0 ? '' : ` ${sayList(counted(calls), mostPlaces)}`;
    return { at, what: `${symptom}${on}${between}` };
  });
}

/**
 * What happened to an incident, in order: what its alerts said (`lines`), how many more there were until `last`, and its
 * other `events` (who was told, what was merged) after the alerts of their time.
 */
export function timelineOf(
  lines: readonly TimelineEntry[],
  more: { readonly alerts: number; readonly last: number; readonly events: readonly TimelineEntry[] },
): readonly TimelineEntry[] {
  const untold = more.alerts - mostAlerts;
  const rest = untold > 0 ? [{ at: more.last, what: `${sayCount(untold, 'more alert')} until then` }] : [];
  return [...lines, ...rest, ...more.events].sort((a, b) => a.at - b.at);
}
