import { affected } from '../alerts/incident-alert.ts';
import type { Incident } from '../core/incident.ts';
import { sayEntity, saySignal } from '../core/say-name.ts';
import type { IncidentView, SignalView } from '../server/model.ts';

/** What people can read of the incidents so far: fed by the pass, completed by the edge, read by the server. */
export interface IncidentBook {
  update(incidents: readonly Incident[]): void;
  /** The signals around the onset, fetched at the edge. */
  addSignals(id: string, signals: readonly SignalView[]): void;
  addDashboard(id: string, path: string): void;
  /** Open ones first, then the newest first. */
  list(): readonly IncidentView[];
  get(id: string): IncidentView | undefined;
}

/** What began, in a few words. */
export function incidentTitle(incident: Incident): string {
  const [suspect] = incident.suspects;
  if (suspect !== undefined) return `${sayEntity(suspect.entity)}: ${saySignal(suspect.signal)}`;
  const [member] = incident.members;
  return member === undefined ? 'nothing is known yet' : (member.alert.labels.alertname ?? 'an alert');
}

/** An empty book that keeps the `most` newest incidents. */
export function createIncidentBook(most: number): IncidentBook {
  const incidents = new Map<string, Incident>();
  const signals = new Map<string, readonly SignalView[]>();
  const dashboards = new Map<string, string>();
  const view = (incident: Incident): IncidentView => {
    const dashboardPath = dashboards.get(incident.id);
    return {
      incident,
      title: incidentTitle(incident),
      affected: affected(incident),
      notificationsIn: incident.members.length,
      notificationsOut: incident.notifications.length,
      signals: signals.get(incident.id) ?? [],
      ...(dashboardPath === undefined ? {} : { dashboardPath }),
    };
  };
  return {
    update(changed) {
      for (const incident of changed) {
        incidents.delete(incident.id);
        incidents.set(incident.id, incident);
      }
      for (const id of incidents.keys()) {
        if (incidents.size <= most) break;
        for (const table of [incidents, signals, dashboards]) table.delete(id);
      }
    },
    addSignals: (id, views) => void signals.set(id, views),
    addDashboard: (id, path) => void dashboards.set(id, path),
    list: () =>
      [...incidents.values()]
        .sort(
          (a, b) =>
            Number(a.endsAt !== undefined) - Number(b.endsAt !== undefined) || b.startsAt - a.startsAt,
        )
        .map(view),
    get(id) {
      const incident = incidents.get(id);
      return incident === undefined ? undefined : view(incident);
    },
  };
}
