import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Notification } from '../core/receiver.ts';

/** What foreshock knows of its own troubles at one moment: `since` is ms, undefined = all is well. */
export interface Trouble {
  readonly alertname:
    | 'ForeshockWatchdog'
    | 'ForeshockSourceDown'
    | 'ForeshockPassLate'
    | 'ForeshockNotificationFailing';
  readonly labels: Labels;
  readonly severity: string;
  readonly summary: string;
  readonly since: number | undefined;
}

/** Remembers which of its own alerts fire, so that each is told once when it begins and once when it ends. */
export interface SelfAlerts {
  step(t: number, troubles: readonly Trouble[]): readonly Notification[];
}

function alertOf(trouble: Trouble, startsAt: number, endsAt: number | undefined, url: string): Alert {
  const labels = {
    ...trouble.labels,
    alertname: trouble.alertname,
    generator: 'foreshock',
    severity: trouble.severity,
  };
  const annotations = {
    summary: trouble.summary,
    description: trouble.summary,
    runbook_url: `${url}/#${trouble.alertname}`,
  };
  return { labels, annotations, startsAt, endsAt, generatorURL: url, fingerprint: fingerprint(labels) };
}

/** Foreshock's alerts about itself. They bypass the correlator: being blind is never part of an incident. */
export function createSelfAlerts(url: string): SelfAlerts {
  const firing = new Map<string, { readonly trouble: Trouble; readonly startsAt: number }>();
  return {
    step(t, troubles) {
      const out: Notification[] = [];
      for (const trouble of troubles) {
        const id = `${trouble.alertname} ${fingerprint(trouble.labels)}`;
        const open = firing.get(id);
        const status = trouble.since === undefined ? 'resolved' : 'firing';
        if ((open === undefined) === (status === 'resolved')) continue;
        const startsAt = open?.startsAt ?? trouble.since ?? t;
        const alert = alertOf(open?.trouble ?? trouble, startsAt, status === 'resolved' ? t : undefined, url);
        out.push({ key: `${alert.fingerprint}/${startsAt}/${status}`, status, alert });
        if (status === 'firing') firing.set(id, { trouble, startsAt });
        else firing.delete(id);
      }
      return out;
    },
  };
}
