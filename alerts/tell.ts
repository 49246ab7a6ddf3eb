import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { TellStage } from '../core/pipeline.ts';
import type { Notification } from '../core/receiver.ts';
import { incidentAlert, incidentLabels } from './incident-alert.ts';

/** What was told of the open incidents, as it is stored between passes. */
export interface Teller extends TellStage {
  /** The alerts of the open incidents that people know of, as they are now: what those who are told again should hear. */
  current(incidents: readonly Incident[]): readonly Alert[];
  toBytes(): Uint8Array;
}

const toldSchema = z.array(
  z.tuple([
    z.string(),
    z.strictObject({ labels: z.record(z.string(), z.string()), count: z.number(), resolved: z.boolean() }),
  ]),
);
type Told = { readonly labels: Labels; readonly count: number; readonly resolved: boolean };

/** Base address of our page, a template of the addresses of runbooks, and where the dashboard of an incident is. */
interface Links {
  readonly url: string;
  readonly runbooks?: string;
  readonly dashboard?: (id: string) => string;
}

/** What is told even of an incident that somebody looks after. */
const gravest = new Set(['critical', 'page']);

/** Whether somebody acknowledged an incident, or said that it is none. */
export type LookedAfter = (incident: string) => boolean;

/** Notifications of one incident that were not told yet: each entry of `incident.notifications`, the last one resolving. */
function untold(incident: Incident, told: Told, links: Links): Notification[] {
  const alert = incidentAlert(incident, { labels: told.labels, ...links });
  return incident.notifications.slice(told.count).map(({ why }, k) => {
    const number = told.count + k;
    const last = number === incident.notifications.length - 1;
    const status = incident.endsAt !== undefined && last ? 'resolved' : 'firing';
    const key = `${fingerprint(told.labels)}/${incident.startsAt}/${status}/${number}`;
    const notification = status === 'resolved' ? 'resolved' : number === 0 ? 'opened' : 'updated';
    const annotations = { ...alert.annotations, notification, change: why };
    const endsAt = status === 'firing' ? undefined : alert.endsAt;
    return { key, status, alert: { ...alert, annotations, endsAt } };
  });
}

/** A rise that need not be told: somebody has the incident, or said that it is none, and it is not the gravest. */
function isQuiet({ alert: { annotations } }: Notification): boolean {
  return annotations.notification === 'updated' && !gravest.has(annotations.severity_now ?? '');
}

/**
 * Turns incidents into the one alert each that people are told by. Its labels, the severity among them, are those of the
 * first telling: a rise is the same alert with other annotations (`notification: updated`, `severity_now`), never a
 * second page. Of an incident that is looked after only a rise to the gravest and the end are told. It remembers how many state changes of an incident
 * were told, so that a pass that is repeated, or a restart from `toBytes`, tells nothing twice.
 */
export function createTeller(
  options: Links & { readonly externalLabels?: Labels; readonly lookedAfter?: LookedAfter },
  stored?: Uint8Array,
): Teller {
  const told = new Map<string, Told>(
    stored === undefined ? [] : toldSchema.parse(JSON.parse(new TextDecoder().decode(stored))),
  );
  const { lookedAfter = () => false } = options;
  return {
    step(_t, incidents) {
      const out: Notification[] = [];
      for (const incident of incidents) {
        if (incident.notifications.length === 0) continue;
        const before = told.get(incident.id) ?? {
          labels: incidentLabels(incident, options.externalLabels),
          count: 0,
          resolved: false,
        };
        const fresh = untold(incident, before, options);
        out.push(...(lookedAfter(incident.id) ? fresh.filter(each => !isQuiet(each)) : fresh));
        told.set(incident.id, {
          ...before,
          count: incident.notifications.length,
          resolved: incident.endsAt !== undefined,
        });
      }
      const now = new Set(incidents.map(({ id }) => id));
      for (const [id, { resolved }] of told) if (resolved && !now.has(id)) told.delete(id);
      return out;
    },
    current(incidents) {
      return incidents.flatMap(incident => {
        const known = told.get(incident.id);
        if (known === undefined || incident.endsAt !== undefined) return [];
        const alert = incidentAlert(incident, { labels: known.labels, ...options });
        const quiet = lookedAfter(incident.id) && !gravest.has(alert.annotations.severity_now ?? '');
        return quiet ? [] : [alert];
      });
    },
    toBytes: () => new TextEncoder().encode(JSON.stringify([...told])),
  };
}
