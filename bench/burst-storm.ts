import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';
import { createRandom } from '../core/random.ts';
import type { Topology } from '../core/topology.ts';
import type { Storm } from './storm.ts';

/** What is simulated; rates an hour. */
export interface BurstOptions {
  readonly seed: number;
  readonly services: number;
  readonly hours: number;
  readonly incidents: number;
  /** Alerts that belong to no incident. */
  readonly noise: number;
}

const second = 1000;
const begin = Date.UTC(2026, 0, 1);
const kinds = {
  LatencyHigh: 'critical',
  ErrorRate: 'critical',
  CPUHigh: 'warning',
  MemHigh: 'warning',
  Saturation: 'warning',
  Restart: 'warning',
  QueueDepth: 'warning',
} as const;
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];
const instances = [0, 1, 2];

interface Told {
  readonly alert: Alert;
  readonly incident: number;
}

/**
 * Storms of fast rules: trouble travels from a root to its callers, less likely and later with every call; each place
 * fires several kinds of alerts on several instances, which resolve and fire again until the incident ends.
 */
class Bursts {
  readonly #random: () => number;
  readonly #options: BurstOptions;
  readonly #callers: readonly (readonly number[])[];
  readonly told: Told[] = [];
  readonly roots: string[] = [];

  constructor(options: BurstOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#callers = Array.from({ length: options.services }, (_, k) => this.#callersOf(k));
  }

  /** A small system has one front door that calls most of the others; a large one has layers. */
  #callersOf(k: number): number[] {
    if (k === 0) return [];
    const small = this.#options.services < 20;
    const callers = new Set([small && this.#random() < 0.65 ? 0 : Math.floor(this.#random() * k)]);
    if (this.#random() < 0.4) callers.add(Math.floor(this.#random() * k));
    return [...callers];
  }

  topology(): Topology {
    const nodes = this.#callers.map((_, k) => ({ id: name(k), kind: 'service' }));
    const edges = this.#callers.flatMap((callers, k) =>
      callers.map(caller => ({ from: name(caller), to: name(k) })),
    );
    return { nodes, edges };
  }

  #exponential(mean: number): number {
    return -mean * Math.log(1 - this.#random());
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random();
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }

  #fire(
    kind: keyof typeof kinds,
    at: { readonly service: number; readonly instance: number; readonly incident: number },
    life: { readonly startsAt: number; readonly endsAt: number },
  ): void {
    const service = name(at.service);
    const instance = `${service}-${at.instance}`;
    const labels = { alertname: kind, service, instance, severity: kinds[kind] };
    const alert = {
      labels,
      annotations: {},
      startsAt: Math.round(life.startsAt),
      endsAt: Math.round(life.endsAt),
      generatorURL: '',
      fingerprint: fingerprint(labels),
    };
    this.told.push({ alert, incident: at.incident });
  }

  /** All that one service shows from `since` until the incident ends. */
  #suffer(service: number, { since, until, incident }: Life): void {
    const shown = [...kindNames]
      .sort(() => this.#random() - 0.5)
      .slice(0, 1 + Math.floor(3.5 * this.#random()));
    const many = this.#between(0.4, 1);
    for (const kind of shown)
      for (const instance of instances) {
        if (instance > 0 && this.#random() > many) continue;
        let at = since + this.#exponential(35 * second);
        while (at < until) {
          const short = this.#random() < 0.3;
          const lasts = (short ? this.#between(20, 60) : this.#between(30, 540)) * second;
          this.#fire(
            kind,
            { service, instance, incident },
            { startsAt: at, endsAt: Math.min(until, at + lasts) },
          );
          at +=
            lasts + 5 * second + (short ? this.#exponential(25 * second) : this.#exponential(130 * second));
        }
      }
  }

  #incident(at: number): void {
    const root = Math.floor(this.#random() * this.#options.services);
    const incident = this.roots.push(name(root)) - 1;
    const until = at + 1500 * second * Math.exp(0.6 * this.#normal());
    const hit = new Map([[root, at]]);
    for (const [service, since] of hit) {
      this.#suffer(service, { since, until, incident });
      for (const caller of this.#callers[service]!) {
        const chance = 0.85 - 0.1 * (hit.size - 1) ** 0.5;
        if (hit.has(caller) || this.#random() > chance) continue;
        hit.set(caller, since + 10 * second + this.#exponential(45 * second));
      }
    }
  }

  run(): void {
    const { hours, incidents, noise, services } = this.#options;
    const when = () => begin + this.#random() * hours * 3600 * second;
    for (let k = 0; k < hours * incidents; k++) this.#incident(when());
    for (let k = 0; k < hours * noise; k++) {
      const startsAt = when();
      const kind = kindNames[Math.floor(this.#random() * kindNames.length)]!;
      const at = { service: Math.floor(this.#random() * services), instance: 0, incident: -1 };
      this.#fire(kind, at, { startsAt, endsAt: startsAt + this.#between(30, 600) * second });
    }
    this.told.sort(
      (a, b) => a.alert.startsAt - b.alert.startsAt || (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1),
    );
  }
}

interface Life {
  readonly since: number;
  readonly until: number;
  readonly incident: number;
}

const name = (service: number) => `service-${service}`;

/** A day of bursts of alerts with the truth about them; the same for one seed. */
export function simulateBursts(options: BurstOptions): Storm {
  const bursts = new Bursts(options);
  bursts.run();
  return {
    topology: bursts.topology(),
    alerts: bursts.told.map(({ alert }) => alert),
    truth: bursts.told.map(({ incident }) => incident),
    roots: bursts.roots,
  };
}
