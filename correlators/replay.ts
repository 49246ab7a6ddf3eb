import type { Alert } from '../core/alert.ts';
import type { Topology } from '../core/topology.ts';
import type { ReplayOdds } from './escalation-replay.ts';
import { Gathered, type Replayed } from './gathered.ts';
import { type Correlator, createCorrelator } from './group.ts';
import type { CorrelatorOptions } from './options.ts';

export type { IncidentLine, Replayed } from './gathered.ts';

interface Happening {
  readonly t: number;
  readonly index: number;
  readonly alert: Alert;
}

/** Starts and ends in order of time; an alert that ended before it began ends as it begins. */
function happenings(alerts: readonly Alert[]): Happening[] {
  const out: Happening[] = [];
  for (const [index, alert] of alerts.entries()) {
    out.push({ t: alert.startsAt, index, alert: { ...alert, endsAt: undefined } });
    if (alert.endsAt !== undefined) {
      const endsAt = Math.max(alert.endsAt, alert.startsAt);
      out.push({ t: endsAt, index: alerts.length + index, alert: { ...alert, endsAt } });
    }
  }
  return out.sort((a, b) => a.t - b.t || a.index - b.index);
}

/**
 * Runs recorded alerts through a correlator on virtual time, one event a step, so that a notification uses only what was
 * known when it left. Alerts of heartbeats (Watchdog) stand in no incident. With `odds` each
 * incident has those that it was told with.
 */
export function correlateAlerts(
  alerts: readonly Alert[],
  topology: Topology,
  { odds, ...options }: Partial<CorrelatorOptions> & { readonly odds?: ReplayOdds } = {},
): Replayed {
  const correlator = createCorrelator(options);
  const gathered = new Gathered(alerts);
  const step = (t: number, one: readonly Alert[], index: number | undefined) => {
    const input = { t, alerts: one, suppressed: [], anomalies: [], changes: [], topology };
    const result = correlator.step(input);
    gathered.take(odds?.see(t, result) ?? result, index);
  };
  for (const { t, index, alert } of happenings(alerts)) {
    passDue(correlator, t, due => step(due, [], undefined));
    step(t, [alert], index < alerts.length ? index : undefined);
  }
  passDue(correlator, Number.POSITIVE_INFINITY, due => step(due, [], undefined));
  return gathered.result();
}

function passDue(correlator: Correlator, until: number, step: (t: number) => void): void {
  for (let due = correlator.nextDue(); due !== undefined && due < until; due = correlator.nextDue())
    step(due);
}
