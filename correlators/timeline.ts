import type { TimelineEntry } from '../core/incident.ts';
import { sayList, saySignal } from '../core/say-name.ts';
import { isAboutCalls } from './complaint.ts';
import type { OpenMember } from './open-incident.ts';
import { peerOf } from './place.ts';
import { symptomOf } from './symptom.ts';

/** So many places are named in one line. */
const mostPlaces = 6;
/** So many alerts are told of one by one. */
const mostAlerts = 500;

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

/**
 * What happened to an incident, in order: one line for all alerts of one kind that came at the same time, and its other
 * `events` (who was told, what was merged) after the alerts of their time.
 */
export function timelineOf(
  members: Iterable<OpenMember>,
  events: readonly TimelineEntry[],
): readonly TimelineEntry[] {
  const groups = new Map<string, Group>();
  const [shown, more] = firstOf(members);
  for (const member of shown) {
    const symptom = symptomWords(member);
    const key = `${member.since} ${symptom}`;
    const group = groups.get(key) ?? { at: member.since, symptom, places: [], calls: [] };
    const { id } = member.place;
    if (isAboutCalls(member)) group.calls.push(`from ${id} to ${peerOf(member.alert.labels)}`);
    else group.places.push(id);
    groups.set(key, group);
  }
  const joins = [...groups.values()].map(({ at, symptom, places, calls }) => {
    const on = places.length === 0 ? '' : ` on ${sayList(counted(places), mostPlaces)}`;
    const between = calls.length === 0 ? '' : ` ${sayList(counted(calls), mostPlaces)}`;
    return { at, what: `${symptom}${on}${between}` };
  });
  const rest = more.length === 0 ? [] : [{ at: more[0]!.since, what: `${more.length} more alerts joined` }];
  return [...joins, ...rest, ...events].sort((a, b) => a.at - b.at);
}

/** What is told one by one, and the rest of very many. */
function firstOf(members: Iterable<OpenMember>): readonly [readonly OpenMember[], readonly OpenMember[]] {
  const all = [...members];
  return [all.slice(0, mostAlerts), all.slice(mostAlerts)];
}
