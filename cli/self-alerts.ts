import { z } from 'zod';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Notification } from '../core/receiver.ts';
import { sayEntity } from '../core/say-name.ts';

/** What foreshock knows of its own troubles at one moment: `since` is ms, undefined = all is well. */
export interface Trouble {
  readonly alertname:
    | 'ForeshockWatchdog'
    | 'ForeshockSourceDown'
    | 'ForeshockPassLate'
    | 'ForeshockClassLeftOut'
    | 'ForeshockDetectorBlind'
    | 'ForeshockRuleSwitchedOff'
    | 'ForeshockThreatFeedStale'
    | 'ForeshockNotificationFailing';
  readonly labels: Labels;
  readonly severity: string;
  readonly summary: string;
  /** What is in trouble; what its labels name unless given, foreshock itself where there are none. */
  readonly suspect?: string;
  readonly since: number | undefined;
}

/** Remembers which of its own alerts fire, so that each is told once when it begins and once when it ends. */
export interface SelfAlerts {
  /** A trouble that fired and is no longer listed (its receiver left the config) ends too. */
  step(t: number, troubles: readonly Trouble[]): readonly Notification[];
  /** What fires now. */
  current(): readonly Alert[];
  toBytes(): Uint8Array;
}

/** An alert that fires, as it was first told: its identity never changes, also over a restart. */
const firingSchema = z.array(
  z.tuple([
    z.string(),
    z.strictObject({
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: z.number(),
    }),
  ]),
);
type Firing = z.output<typeof firingSchema>[number][1];

/**
 * Base address of our page, and a template of the addresses of runbooks: our own pages unless given. The external labels
 * stand on every alert, as those of its rules do in Prometheus.
 */
export interface SelfAlertOptions {
  readonly url: string;
  readonly externalLabels: Labels;
  readonly runbooks?: string;
}

const suspectOf = (labels: Labels) =>
  Object.keys(labels).length === 0 ? 'foreshock' : `foreshock: ${sayEntity(labels)}`;

function begin(trouble: Trouble, startsAt: number, options: SelfAlertOptions): Firing {
  const { url, runbooks, externalLabels } = options;
  return {
    labels: {
      ...externalLabels,
      ...trouble.labels,
      alertname: trouble.alertname,
      generator: 'foreshock',
      severity: trouble.severity,
    },
    annotations: {
      summary: trouble.summary,
      description: trouble.summary,
      suspect: trouble.suspect ?? suspectOf(trouble.labels),
      runbook_url: runbookUrl(runbooks ?? servedRunbooks(url), trouble.alertname),
      dashboard_url: `${url.replace(/\/$/, '')}/`,
    },
    startsAt,
  };
}

function tell(told: Firing, url: string, endsAt: number | undefined): Notification {
  const status = endsAt === undefined ? 'firing' : 'resolved';
  const alert: Alert = { ...told, endsAt, generatorURL: url, fingerprint: fingerprint(told.labels) };
  return { key: `${alert.fingerprint}/${told.startsAt}/${status}`, status, alert };
}

/** Foreshock's alerts about itself. They bypass the correlator: being blind is never part of an incident. */
export function createSelfAlerts(options: SelfAlertOptions, stored?: Uint8Array): SelfAlerts {
  const { url } = options;
  const firing = new Map<string, Firing>(
    stored === undefined ? [] : firingSchema.parse(JSON.parse(new TextDecoder().decode(stored))),
  );
  return {
    step(t, troubles) {
      const out: Notification[] = [];
      const present = new Set<string>();
      for (const trouble of troubles) {
        if (trouble.since === undefined) continue;
        const id = `${trouble.alertname} ${fingerprint(trouble.labels)}`;
        present.add(id);
        if (firing.has(id)) continue;
        const told = begin(trouble, trouble.since, options);
        firing.set(id, told);
        out.push(tell(told, url, undefined));
      }
      for (const [id, told] of firing) {
        if (present.has(id)) continue;
        firing.delete(id);
        out.push(tell(told, url, t));
      }
      return out;
    },
    current: () => [...firing.values()].map(told => tell(told, url, undefined).alert),
    toBytes: () => new TextEncoder().encode(JSON.stringify([...firing])),
  };
}
