import { sayCount } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import { type OpenIncident, patienceOf } from './open-incident.ts';

const critical = 3;

/**
 * When an incident that opened is first told, ms: after `groupWait`, at once when it has waited so long for us already;
 * while nothing in it is critical it gathers twice as long.
 */
export function dueOf(
  incident: OpenIncident,
  { t, groupWait, waited }: { readonly t: number; readonly groupWait: number; readonly waited: number },
): number {
  if (incident.severity < critical) return Math.max(t, incident.openedAt + 2 * groupWait);
  return waited >= groupWait ? t : Math.max(t, incident.openedAt + groupWait);
}

/** Tells what is to be told at `t`; says whether anything was. */
export function tellDue(incident: OpenIncident, t: number): boolean {
  if (incident.due !== undefined && incident.due <= t) {
    incident.due = undefined;
    const where = [...incident.places.keys()].slice(0, 3).join(', ');
    tell(incident, t, `opened: ${sayCount(incident.members.size, 'alert')} on ${where}`);
    return true;
  }
  if (incident.due !== undefined || incident.severity <= incident.toldSeverity) return false;
  tell(incident, t, `severity rose: ${sayCount(incident.members.size, 'alert')} now`);
  return true;
}

/** Ends an incident that was told and has been quiet for long enough; says whether it is over. */
export function endQuiet(incident: OpenIncident, t: number, resolveAfter: number): boolean {
  if (incident.due !== undefined || incident.firing > 0) return false;
  if (t < incident.lastAt + patienceOf(incident, resolveAfter)) return false;
  incident.endsAt = incident.lastAt;
  tell(incident, t, `resolved: quiet for ${saySpan(t - incident.lastAt)}`);
  return true;
}

function tell(incident: OpenIncident, at: number, why: string): void {
  incident.toldSeverity = Math.max(incident.toldSeverity, incident.severity);
  incident.notifications.push({ at, why });
  incident.timeline.push({ at, what: `people were told: ${why.replace(/^opened: /, '')}` });
}
