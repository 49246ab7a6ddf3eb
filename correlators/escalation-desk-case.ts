import type { Case, CaseEvent } from './escalation-case.ts';
import { type Fields, severityWords } from './escalation-snapshot.ts';

const word = (value: string | number | undefined): string => (value === undefined ? '' : String(value));

/** Priorities count from 1, the gravest; severities from 0, the least. */
function severityOf(priority: number): Fields {
  if (!(priority >= 1)) return {};
  const rank = Math.max(0, severityWords.length - priority);
  return { severity: severityWords[rank] ?? 'info', 'severity rank': rank };
}

function fieldsOf({ fields }: CaseEvent): Fields {
  const { made_sla: inTime, ident_state: state } = fields;
  return {
    service: word(fields.cmdb_ci) || word(fields.category),
    team: word(fields.assignment_group),
    ...severityOf(Number(fields.priority)),
    ...(inTime === undefined ? {} : { overdue: inTime === 'false' ? 'yes' : 'no' }),
    state: state === 'Closed' || state === 'Resolved' ? 'ended' : 'open',
  };
}

/**
 * Incidents of a service desk in the words of ours, as far as they fit: severity, service, team, what became of them. How many
 * services one touched is not known there, so it spreads nowhere.
 */
export function asOwnCases(desk: readonly Case[]): readonly Case[] {
  return desk.map(one => ({
    ...one,
    id: `desk ${one.id}`,
    events: one.events.map(event => ({ t: event.t, fields: fieldsOf(event) })),
  }));
}
