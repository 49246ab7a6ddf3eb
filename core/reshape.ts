import { type Feedback, homeOf, isReshaping, placeOfAlert, type Reshaping } from './feedback.ts';
import type { Incident, Member, Suspect, TimelineEntry } from './incident.ts';
import { includes } from './labels.ts';
import { sayCount } from './say-name.ts';

/** What goes into one shown incident. */
interface Draft {
  readonly id: string;
  readonly from: Incident[];
  /** By fingerprint: what the correlator has moved too stands in both of its incidents. */
  readonly members: Map<string, Member>;
}

function draftsOf(incidents: readonly Incident[], records: readonly Reshaping[]): readonly Draft[] {
  const drafts = new Map<string, Draft>();
  const draft = (id: string): Draft => {
    const known = drafts.get(id) ?? { id, from: [], members: new Map<string, Member>() };
    drafts.set(id, known);
    return known;
  };
  for (const incident of incidents) {
    draft(homeOf(incident.id, records)).from.push(incident);
    for (const member of incident.members) {
      const { fingerprint } = member.alert;
      const place = draft(placeOfAlert({ incident: incident.id, fingerprint }, records));
      if (!place.members.has(fingerprint) || incident.id === place.id) place.members.set(fingerprint, member);
      if (!place.from.includes(incident)) place.from.push(incident);
    }
  }
  return [...drafts.values()].filter(({ id, members, from }) => members.size > 0 || from[0]?.id === id);
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
function splitOff(draft: Draft, records: readonly Reshaping[]): Incident {
  const { id, from } = draft;
  const members = [...draft.members.values()];
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

/** Without those that the correlator has merged into another of them: that one has all that they had. */
function notAbsorbed(from: readonly Incident[]): readonly Incident[] {
  const words = new Set(from.map(({ id }) => `merged into ${id}`));
  return from.filter(({ timeline }) => !timeline.some(({ what }) => words.has(what)));
}

/** An incident that keeps its id, with all that was merged into it and without what was split off. */
function regrown(draft: Draft, records: readonly Reshaping[]): Incident {
  const { id } = draft;
  const members = [...draft.members.values()];
  const all = draft.from.filter(each => homeOf(each.id, records) === id);
  const from = notAbsorbed(all);
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
    ...(own.oddsUnknown === undefined ? {} : { oddsUnknown: own.oddsUnknown }),
    timeline: [...from.flatMap(each => each.timeline), ...whatHappened(id, records)].sort(
      (a, b) => a.at - b.at,
    ),
    notifications: all.flatMap(each => each.notifications).sort((a, b) => a.at - b.at),
  };
}

/**
 * Incidents as people have merged and split them. The correlator follows with its next step, as far as they are open; what
 * joins the others later is shown where people have put it. Incidents that nobody touched stay the same objects.
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
