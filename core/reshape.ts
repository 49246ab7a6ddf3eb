import { type Feedback, homeOf, placeOfAlert } from './feedback.ts';
import type { Incident, Member, Suspect, TimelineEntry } from './incident.ts';
import { includes } from './labels.ts';
import { sayCount } from './say-name.ts';

type Reshaping = Extract<Feedback, { kind: 'merge' | 'split' }>;

const isReshaping = (each: Feedback): each is Reshaping => each.kind === 'merge' || each.kind === 'split';

/** What goes into one shown incident. */
interface Draft {
  readonly id: string;
  readonly from: Incident[];
  readonly members: Member[];
}

function draftsOf(incidents: readonly Incident[], records: readonly Reshaping[]): readonly Draft[] {
  const drafts = new Map<string, Draft>();
  const draft = (id: string): Draft => {
    const known = drafts.get(id) ?? { id, from: [], members: [] };
    drafts.set(id, known);
    return known;
  };
  for (const incident of incidents) {
    draft(homeOf(incident.id, records)).from.push(incident);
    for (const member of incident.members) {
      const { fingerprint } = member.alert;
      const place = draft(placeOfAlert({ incident: incident.id, fingerprint }, records));
      place.members.push(member);
      if (!place.from.includes(incident)) place.from.push(incident);
    }
  }
  return [...drafts.values()].filter(({ id, members, from }) => members.length > 0 || from[0]?.id === id);
}

function whatHappened(id: string, records: readonly Reshaping[]): readonly TimelineEntry[] {
  return records.flatMap((each): readonly TimelineEntry[] => {
    const { at, by } = each;
    if (each.kind === 'merge') {
      const others = each.incidents.filter(other => other !== each.into);
      return each.into === id ? [{ at, what: `${by} merged ${others.join(', ')} into it` }] : [];
    }
    const alerts = sayCount(each.alerts.length, 'alert');
    if (each.made === id) return [{ at, what: `${by} split it off ${each.incident}: ${alerts}` }];
    return each.incident === id ? [{ at, what: `${by} split ${alerts} off as ${each.made}` }] : [];
  });
}

/** Ended when all that it is made of has ended. */
function endOf(ends: readonly (number | undefined)[]): number | undefined {
  let end = Number.NEGATIVE_INFINITY;
  for (const each of ends) {
    if (each === undefined) return undefined;
    end = Math.max(end, each);
  }
  return Number.isFinite(end) ? end : undefined;
}

function isOf({ entity }: Suspect, members: readonly Member[]): boolean {
  return members.some(({ alert }) => includes(alert.labels, entity));
}

/** An incident that was split off: its alerts, their suspects, and what was done. */
function splitOff({ id, from, members }: Draft, records: readonly Reshaping[]): Incident {
  const suspects = from.flatMap(each => each.suspects).filter(suspect => isOf(suspect, members));
  const over = endOf(from.map(each => each.endsAt));
  return {
    id,
    startsAt: Math.min(...members.map(({ alert }) => alert.startsAt)),
    endsAt: over ?? endOf(members.map(({ alert }) => alert.endsAt)),
    members,
    suspects: [...suspects].sort((a, b) => b.score - a.score),
    escalation: undefined,
    timeline: whatHappened(id, records),
    notifications: [],
  };
}

/** An incident that keeps its id, with all that was merged into it and without what was split off. */
function regrown(draft: Draft, records: readonly Reshaping[]): Incident {
  const { id, members } = draft;
  const from = draft.from.filter(each => homeOf(each.id, records) === id);
  const own = from.find(each => each.id === id) ?? from[0]!;
  const split = records.some(each => each.kind === 'split' && each.incident === id);
  const suspects = from.flatMap(each => each.suspects);
  const kept = split ? suspects.filter(suspect => isOf(suspect, members)) : suspects;
  return {
    id,
    startsAt: Math.min(...from.map(each => each.startsAt)),
    endsAt: endOf(from.map(each => each.endsAt)),
    members,
    suspects: [...kept].sort((a, b) => b.score - a.score),
    escalation: own.escalation,
    timeline: [...from.flatMap(each => each.timeline), ...whatHappened(id, records)].sort(
      (a, b) => a.at - b.at,
    ),
    notifications: from.flatMap(each => each.notifications).sort((a, b) => a.at - b.at),
  };
}

/**
 * Incidents as people have merged and split them. The correlator goes on with its own: what joins one of them later is shown
 * where people have put it. Incidents that nobody touched stay the same objects.
 */
export function reshape(incidents: readonly Incident[], feedback: readonly Feedback[]): readonly Incident[] {
  const records = feedback.filter(isReshaping);
  if (records.length === 0) return incidents;
  const touched = new Set(
    records.flatMap(each =>
      each.kind === 'merge' ? [...each.incidents, each.into] : [each.incident, each.made],
    ),
  );
  const changed = incidents.filter(({ id }) => touched.has(id));
  const made = draftsOf(changed, records).map(draft =>
    draft.from.some(each => homeOf(each.id, records) === draft.id)
      ? regrown(draft, records)
      : splitOff(draft, records),
  );
  return [...incidents.filter(({ id }) => !touched.has(id)), ...made];
}
