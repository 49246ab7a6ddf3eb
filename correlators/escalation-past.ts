import { noFeedback } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import type { Case } from './escalation-case.ts';
import { CaseBook } from './escalation-case-book.ts';

/** An incident as far as it was known at `t` (ms): its suspects are not, as only the last ranking was kept. */
function asKnownAt(incident: Incident, t: number): Incident {
  const { members, startsAt, endsAt, notifications } = incident;
  const over = (end: number | undefined) => (end !== undefined && end <= t ? end : undefined);
  const known = members.filter(({ alert }) => alert.startsAt <= t);
  return {
    ...incident,
    startsAt: Math.min(startsAt, t),
    endsAt: over(endsAt),
    members: known.map(each => ({ ...each, alert: { ...each.alert, endsAt: over(each.alert.endsAt) } })),
    suspects: [],
    notifications: notifications.filter(({ at }) => at <= t),
  };
}

/** Incidents that ended before their life was written down, as cases: what their alerts tell of it. */
export function pastCases(incidents: readonly Incident[]): readonly Case[] {
  const book = new CaseBook();
  for (const incident of incidents) {
    const [told] = incident.notifications;
    if (incident.endsAt === undefined || told === undefined) continue;
    const times = incident.members.flatMap(({ alert }) => [alert.startsAt, alert.endsAt ?? told.at]);
    const later = [...new Set([told.at, ...times, incident.endsAt])].filter(t => t >= told.at);
    for (const t of later.sort((a, b) => a - b)) book.observe(asKnownAt(incident, t), t, () => noFeedback);
  }
  return book.all();
}
