import type { OpenIncident } from './open-incident.ts';

/** What a person took out of an incident, or out of which it was taken: it is not grouped into it again. */
export interface Apart {
  readonly alerts: readonly string[];
  readonly places: readonly string[];
  readonly incidents: readonly string[];
}

const nothing: Apart = { alerts: [], places: [], incidents: [] };
const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];

/** The places that only one of two incidents has. */
export function ownPlaces(one: OpenIncident, other: OpenIncident): string[] {
  return [...one.places.keys()].filter(id => !other.places.has(id));
}

function keepOut(one: OpenIncident, other: OpenIncident): void {
  const { alerts, places, incidents } = one.apart ?? nothing;
  one.apart = {
    alerts: union(alerts, [...other.members.keys()]),
    places: union(places, ownPlaces(other, one)),
    incidents: union(incidents, [other.id]),
  };
}

/** Keeps two incidents that a person split apart from each other, as long as they are open. */
export function keepApart(a: OpenIncident, b: OpenIncident): void {
  keepOut(a, b);
  keepOut(b, a);
}

/** A person thought better of it: what is in the incident now was put there. */
export function letIn(incident: OpenIncident, from: OpenIncident): void {
  if (incident.apart === undefined) return;
  const { alerts, places, incidents } = incident.apart;
  incident.apart = {
    alerts: alerts.filter(each => !from.members.has(each)),
    places: places.filter(each => !from.places.has(each)),
    incidents: incidents.filter(each => each !== from.id),
  };
}

/** True when a person took this alert, or the place where it is, out of the incident. */
export function isKeptOut(
  { apart }: OpenIncident,
  {
    alert,
    place,
  }: { readonly alert: { readonly fingerprint: string }; readonly place: { readonly id: string } },
): boolean {
  return apart !== undefined && (apart.alerts.includes(alert.fingerprint) || apart.places.includes(place.id));
}
