import type { IncidentFeedback } from '../core/feedback.ts';
import type { Incident, Suspect } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import type { CaseEvent } from './escalation-case.ts';
import { severityRank } from './place.ts';

/** What stands at one moment of an incident of ours; `began` counts from its first alert. */
export type Fields = CaseEvent['fields'];

/** Severities by their rank, as a fact in words. */
export const severityWords = ['info', 'warning', 'error', 'critical'] as const;

const minute = 60_000;

const serviceOf = (labels: Labels): string =>
  labels.service ?? labels.job ?? labels.instance ?? labels.alertname ?? '';

/** Who raised its alerts: we, others, or both. */
function originOf({ members }: Incident): string {
  const ours = members.filter(({ alert }) => alert.labels.generator === 'foreshock').length;
  if (ours === 0) return 'others';
  return ours === members.length ? 'foreshock' : 'both';
}

function suspectOf([first]: readonly Suspect[]): Fields {
  if (first === undefined) return { suspect: 'none', 'suspected place': 'none' };
  return { suspect: first.signal, 'suspected place': serviceOf(first.entity) };
}

function saidOf({ acknowledged, verdict }: IncidentFeedback): Fields {
  const judged = verdict === undefined ? 'none' : verdict.real ? 'confirmed' : 'rejected';
  return { acknowledged: acknowledged === undefined ? 'no' : 'yes', verdict: judged };
}

/** The services that an incident has touched so far. */
export function servicesOf({ members }: Incident): ReadonlySet<string> {
  return new Set(members.map(({ alert }) => serviceOf(alert.labels)));
}

/** What an incident is about at its beginning: the alert that opened it, and where. */
export function kindOf({ members }: Incident): { readonly alert: string; readonly service: string } {
  const labels = members[0]?.alert.labels ?? {};
  return { alert: labels.alertname ?? '', service: serviceOf(labels) };
}

/** The facts of an incident as it stands at `t` (ms). Its severity is the gravest that it has had. */
export function snapshotOf(incident: Incident, said: IncidentFeedback, t: number): Fields {
  const { members, suspects, startsAt, endsAt } = incident;
  const labels = members[0]?.alert.labels ?? {};
  const severity = members.reduce((most, { alert }) => Math.max(most, severityRank(alert.labels)), 0);
  const firing = members.filter(({ alert }) => alert.endsAt === undefined).length;
  return {
    ...kindOf(incident),
    class: labels.class ?? '',
    team: labels.team ?? labels.namespace ?? '',
    'raised by': originOf(incident),
    severity: severityWords[severity] ?? 'info',
    'severity rank': severity,
    alerts: members.length,
    'alerts that fire': firing,
    services: servicesOf(incident).size,
    'minutes since it began': (t - startsAt) / minute,
    state: endsAt === undefined ? 'open' : 'ended',
    ...suspectOf(suspects),
    ...saidOf(said),
  };
}

/** Facts that are written down whenever they change, beside counts that grew by a quarter. */
const steps = ['severity', 'services', 'state', 'suspect', 'suspected place', 'acknowledged', 'verdict'];
const counts = ['alerts', 'alerts that fire'];

/** Whether one moment of an incident differs enough from the one before to be worth an event. */
export function isNews(now: Fields, before: Fields): boolean {
  if (steps.some(name => now[name] !== before[name])) return true;
  return counts.some(name => {
    const [value, old] = [Number(now[name]), Number(before[name])];
    return value >= old * 1.25 + 1 || value <= old * 0.5 - 1;
  });
}
