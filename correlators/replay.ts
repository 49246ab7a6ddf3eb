import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import type { Topology } from '../core/topology.ts';
import { type CorrelationResult, type Correlator, createCorrelator } from './group.ts';
import type { CorrelatorOptions } from './options.ts';

/** One incident as `foreshock correlate` writes it; times ISO 8601 UTC, `alerts` number the input from 0. */
export interface IncidentLine {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly alerts: readonly number[];
  readonly suspects: Incident['suspects'];
  readonly escalation: { readonly p: number; readonly drivers: readonly string[] } | null;
  readonly notifications: readonly { readonly at: string; readonly why: string }[];
}

interface Happening {
  readonly t: number;
  readonly index: number;
  readonly alert: Alert;
}

const iso = (ms: number) => new Date(ms).toISOString();

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

/** What is gathered over a replay. */
class Gathered {
  readonly #latest = new Map<string, Incident>();
  readonly #alerts = new Map<string, number[]>();
  /** What was told of incidents that were merged into another, by the other. */
  readonly #toldBefore = new Map<string, Incident['notifications'][number][]>();

  take(result: CorrelationResult, index: number | undefined): void {
    for (const { incident } of result.joined) {
      const list = this.#alerts.get(incident) ?? [];
      if (index !== undefined) list.push(index);
      this.#alerts.set(incident, list);
    }
    for (const incident of result.incidents) this.#latest.set(incident.id, incident);
    for (const { from, into } of result.merged) this.#mergeAway(from, into);
  }

  #mergeAway(from: string, into: string): void {
    const told = this.#latest.get(from)?.notifications ?? [];
    this.#alerts.set(into, [...(this.#alerts.get(into) ?? []), ...(this.#alerts.get(from) ?? [])]);
    this.#toldBefore.set(into, [
      ...(this.#toldBefore.get(into) ?? []),
      ...(this.#toldBefore.get(from) ?? []),
      ...told,
    ]);
    for (const table of [this.#alerts, this.#toldBefore, this.#latest]) table.delete(from);
  }

  lines(): IncidentLine[] {
    return [...this.#latest.values()]
      .sort((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1))
      .map(incident => ({
        id: incident.id,
        startsAt: iso(incident.startsAt),
        endsAt: incident.endsAt === undefined ? null : iso(incident.endsAt),
        alerts: [...new Set(this.#alerts.get(incident.id) ?? [])].sort((a, b) => a - b),
        suspects: incident.suspects,
        escalation: incident.escalation ?? null,
        notifications: [...(this.#toldBefore.get(incident.id) ?? []), ...incident.notifications]
          .sort((a, b) => a.at - b.at)
          .map(({ at, why }) => ({ at: iso(at), why })),
      }));
  }
}

/**
 * Runs recorded alerts through a correlator on virtual time, one event a step, so that a notification uses only what was
 * known when it left. Alerts of heartbeats (Watchdog) stand in no incident.
 */
export function correlateAlerts(
  alerts: readonly Alert[],
  topology: Topology,
  options: Partial<CorrelatorOptions> = {},
): IncidentLine[] {
  const correlator = createCorrelator(options);
  const gathered = new Gathered();
  const step = (t: number, one: readonly Alert[], index: number | undefined) =>
    gathered.take(
      correlator.step({ t, alerts: one, suppressed: [], anomalies: [], changes: [], topology }),
      index,
    );
  const happened = happenings(alerts);
  for (const { t, index, alert } of happened) {
    passDue(correlator, t, due => step(due, [], undefined));
    step(t, [alert], index < alerts.length ? index : undefined);
  }
  passDue(correlator, Number.POSITIVE_INFINITY, due => step(due, [], undefined));
  return gathered.lines();
}

function passDue(correlator: Correlator, until: number, step: (t: number) => void): void {
  for (let due = correlator.nextDue(); due !== undefined && due < until; due = correlator.nextDue())
    step(due);
}
