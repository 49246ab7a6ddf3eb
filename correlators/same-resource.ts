import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import { saySpan } from '../core/say-time.ts';
import { alertsOfPlace, type IncidentRates } from './odds.ts';
import type { OpenIncident } from './open-incident.ts';

/** What two warnings of one resource may differ in: what is told of it, and how bad that is. */
const ofTheWarning = new Set(['alertname', 'severity']);

/** Whether both are about one resource of a pack, of one thing: no label says otherwise. */
function isSameResource(a: Labels, b: Labels): boolean {
  return (
    a.resource === b.resource &&
    a.pack === b.pack &&
    Object.entries(a).every(
      ([name, value]) => ofTheWarning.has(name) || b[name] === undefined || b[name] === value,
    )
  );
}

/**
 * The member of an incident that warns of the same resource as an alert, and at which rate (an ms) more is told of it: as of an alert that fires
 * again, since it is the same trouble however late the other outlook sees it. Undefined for alerts that are about no resource.
 */
export function resourceKin(
  incident: OpenIncident,
  { alert, t }: { readonly alert: Alert; readonly t: number },
  rates: IncidentRates,
): { readonly rate: number; readonly reason: string } | undefined {
  const { pack, resource } = alert.labels;
  if (pack === undefined || resource === undefined) return undefined;
  let best: { rate: number; reason: string } | undefined;
  for (const { alert: other } of incident.members.values()) {
    if (other.fingerprint === alert.fingerprint || !isSameResource(alert.labels, other.labels)) continue;
    const gap = other.endsAt === undefined ? 0 : Math.max(0, t - other.endsAt);
    const rate = rates.again(gap) * alertsOfPlace;
    const since = other.endsAt === undefined ? 'warns' : `warned until ${saySpan(gap)} ago`;
    const reason = `${other.labels.alertname ?? 'another alert'} ${since} of the same ${resource}`;
    if (best === undefined || rate > best.rate) best = { rate, reason };
  }
  return best;
}
