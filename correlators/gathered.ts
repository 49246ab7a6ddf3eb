import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import type { CorrelationResult } from './group.ts';
import type { HeldFor } from './result.ts';

/** One incident as `foreshock correlate` writes it; times ISO 8601 UTC, `alerts` number the input from 0. */
export interface IncidentLine {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly alerts: readonly number[];
  readonly suspects: Incident['suspects'];
  readonly escalation: { readonly p: number; readonly drivers: readonly string[] } | null;
  /** What called people: that it opened, that its severity rose. Its end calls nobody, it stands in `endsAt`. */
  readonly notifications: readonly { readonly at: string; readonly why: string }[];
}

/** What of the alerts became a notification, and what did not, and for what. */
export interface NoiseFigures {
  readonly alerts: number;
  readonly incidents: number;
  readonly notifications: number;
  /** Ends that were told as updates of what people know of. */
  readonly resolved: number;
  /** Incidents of one alert, each of which was told. */
  readonly lone: number;
  readonly held: ReadonlyMap<HeldFor, number>;
  /** Alerts that opened an incident. */
  readonly opened: number;
  /** From the first alert of an incident to its first notification, ms; NaN without any. */
  readonly delay: { readonly median: number; readonly p90: number };
}

export interface Replayed {
  readonly lines: readonly IncidentLine[];
  readonly noise: NoiseFigures;
}

const iso = (ms: number) => new Date(ms).toISOString();

type Told = Incident['notifications'];

/** What called people: the last notification of an incident that is over told its end. */
function calls({ notifications, endsAt }: Incident): Told {
  return endsAt === undefined ? notifications : notifications.slice(0, -1);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

/** What a replay brings forth, step by step; `alerts` are what was put in. */
export class Gathered {
  readonly #input: readonly Alert[];
  readonly #latest = new Map<string, Incident>();
  /** Numbers of alerts, by incident and fingerprint. */
  readonly #numbers = new Map<string, Map<string, number[]>>();
  /** What was told of incidents that were merged into another, by the other. */
  readonly #toldBefore = new Map<string, Told>();
  readonly #held = new Map<HeldFor, number>();
  #opened = 0;

  constructor(alerts: readonly Alert[]) {
    this.#input = alerts;
  }

  /** Takes the result of one step, in which alert number `index` began. */
  take(result: CorrelationResult, index: number | undefined): void {
    for (const { fingerprint, from, to } of result.moved) {
      this.#note(to, fingerprint, this.#numbers.get(from)?.get(fingerprint) ?? []);
      this.#numbers.get(from)?.delete(fingerprint);
    }
    for (const { incident, alert, held } of result.joined) {
      if (index === undefined) continue;
      this.#note(incident, alert.fingerprint, [index]);
      if (held === undefined) this.#opened++;
      else this.#held.set(held, (this.#held.get(held) ?? 0) + 1);
    }
    for (const incident of result.incidents) this.#latest.set(incident.id, incident);
    for (const { from, into } of result.merged) this.#mergeAway(from, into);
  }

  #note(incident: string, fingerprint: string, numbers: readonly number[]): void {
    const known = this.#numbers.get(incident) ?? new Map<string, number[]>();
    this.#numbers.set(incident, known);
    known.set(fingerprint, [...(known.get(fingerprint) ?? []), ...numbers]);
  }

  #mergeAway(from: string, into: string): void {
    for (const [fingerprint, numbers] of this.#numbers.get(from) ?? [])
      this.#note(into, fingerprint, numbers);
    const gone = this.#latest.get(from);
    const told = [...(this.#toldBefore.get(from) ?? []), ...(gone === undefined ? [] : calls(gone))];
    this.#toldBefore.set(into, [...(this.#toldBefore.get(into) ?? []), ...told]);
    for (const table of [this.#numbers, this.#toldBefore, this.#latest]) table.delete(from);
  }

  #line(incident: Incident): IncidentLine {
    const numbers = [...(this.#numbers.get(incident.id)?.values() ?? [])].flat();
    const told = [...(this.#toldBefore.get(incident.id) ?? []), ...calls(incident)];
    return {
      id: incident.id,
      startsAt: iso(incident.startsAt),
      endsAt: incident.endsAt === undefined ? null : iso(incident.endsAt),
      alerts: [...new Set(numbers)].sort((a, b) => a - b),
      suspects: incident.suspects,
      escalation: incident.escalation ?? null,
      notifications: told.sort((a, b) => a.at - b.at).map(({ at, why }) => ({ at: iso(at), why })),
    };
  }

  /** All incidents, by start, and the noise figures. */
  result(): Replayed {
    const incidents = [...this.#latest.values()].sort(
      (a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1),
    );
    const lines = incidents.map(incident => this.#line(incident));
    const delays = lines
      .filter(line => line.notifications.length > 0 && line.alerts.length > 0)
      .map(line => Date.parse(line.notifications[0]!.at) - this.#input[line.alerts[0]!]!.startsAt)
      .sort((a, b) => a - b);
    const noise = {
      alerts: this.#input.length,
      incidents: lines.length,
      notifications: lines.reduce((sum, line) => sum + line.notifications.length, 0),
      resolved: incidents.filter(({ endsAt }) => endsAt !== undefined).length,
      lone: lines.filter(line => line.alerts.length === 1).length,
      held: this.#held,
      opened: this.#opened,
      delay: { median: quantile(delays, 0.5), p90: quantile(delays, 0.9) },
    };
    return { lines, noise };
  }
}
