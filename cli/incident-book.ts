import { affected } from '../alerts/incident-alert.ts';
import { homeOf } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import { reshape } from '../core/reshape.ts';
import { sayEntity } from '../core/say-name.ts';
import { saySymptom } from '../core/say-symptom.ts';
import type { IncidentView, SignalView, Surroundings } from '../server/model.ts';
import type { FeedbackBook } from './feedback-book.ts';

/**
 * What people can read of the incidents so far: fed by the pass, completed by the edge, read by the server, as people have
 * merged and split them.
 */
export interface IncidentBook {
  update(incidents: readonly Incident[]): void;
  /** The signals around the onset, fetched at the edge. */
  addSignals(id: string, signals: readonly SignalView[]): void;
  addDashboard(id: string, path: string): void;
  /** The topology around it, of the newest pass that knew it. */
  addSurroundings(id: string, around: Surroundings): void;
  /** As the correlator made them, whatever people did to them. */
  made(): readonly Incident[];
  /** Open ones first, then the newest first. */
  list(): readonly IncidentView[];
  /** By its id, or that of one that was merged into it. */
  get(id: string): IncidentView | undefined;
}

/** What the edge adds to an incident. */
type Added = Partial<Pick<IncidentView, 'signals' | 'dashboardPath' | 'around'>>;

/** What began, in a few words. */
function incidentTitle(incident: Incident): string {
  const [suspect] = incident.suspects;
  if (suspect !== undefined) return `${sayEntity(suspect.entity)}: ${saySymptom(suspect, incident)}`;
  const [member] = incident.members;
  return member === undefined ? 'nothing is known yet' : (member.alert.labels.alertname ?? 'an alert');
}

const openFirst = (a: Incident, b: Incident): number =>
  Number(a.endsAt !== undefined) - Number(b.endsAt !== undefined) || b.startsAt - a.startsAt;

/** An empty book that keeps the `most` newest incidents, with what people said of them where that is kept. */
export function createIncidentBook(most: number, feedback?: FeedbackBook): IncidentBook {
  const incidents = new Map<string, Incident>();
  const added = new Map<string, Added>();
  const add = (id: string, more: Added): void => void added.set(id, { ...added.get(id), ...more });
  const view = (incident: Incident): IncidentView => ({
    incident,
    title: incidentTitle(incident),
    affected: affected(incident),
    notificationsIn: incident.members.length,
    notificationsOut: incident.notifications.length,
    signals: [],
    ...added.get(incident.id),
    ...(feedback === undefined ? {} : { feedback: feedback.of(incident.id) }),
  });
  const shaped = () => reshape([...incidents.values()], feedback?.records() ?? []);
  return {
    update(changed) {
      for (const incident of changed) {
        incidents.delete(incident.id);
        incidents.set(incident.id, incident);
      }
      for (const id of incidents.keys()) {
        if (incidents.size <= most) break;
        for (const table of [incidents, added]) table.delete(id);
      }
    },
    addSignals: (id, signals) => add(id, { signals }),
    addDashboard: (id, dashboardPath) => add(id, { dashboardPath }),
    addSurroundings: (id, around) => add(id, { around }),
    made: () => [...incidents.values()],
    list: () => [...shaped()].sort(openFirst).map(view),
    get(id) {
      const home = homeOf(id, feedback?.records() ?? []);
      const incident = shaped().find(each => each.id === home);
      return incident === undefined ? undefined : view(incident);
    },
  };
}
