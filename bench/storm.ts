import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import { createRandom } from '../core/random.ts';
import type { Topology } from '../core/topology.ts';

/** What is simulated; rates an hour. */
export interface StormOptions {
  readonly seed: number;
  readonly services: number;
  readonly hours: number;
  readonly incidents: number;
  /** Alerts that belong to no incident. */
  readonly noise: number;
}

/** A day of alerts in order of their start; `truth[i]` is the number of the incident of alert i, -1 for noise. */
export interface Storm {
  readonly topology: Topology;
  readonly alerts: readonly Alert[];
  readonly truth: readonly number[];
  /** The service in which each incident began. */
  readonly roots: readonly string[];
}

interface Told {
  readonly alert: Alert;
  readonly incident: number;
}

const minute = 60_000;
const begin = Date.UTC(2026, 0, 1);

/** Ordinary rules: how long each waits before it fires. All are evaluated once a minute, each service at its own second. */
const rules = {
  InstanceDown: { wait: 1, severity: 'critical' },
  ProcessHighCpu: { wait: 3, severity: 'warning' },
  MemoryHigh: { wait: 5, severity: 'warning' },
  HighErrorRate: { wait: 2, severity: 'critical' },
  HighLatency: { wait: 5, severity: 'warning' },
  InstanceHighErrorRate: { wait: 3, severity: 'warning' },
  InstanceHighLatency: { wait: 5, severity: 'warning' },
  DependencyErrors: { wait: 2, severity: 'warning' },
  DiskFilling: { wait: 5, severity: 'warning' },
} as const;
type Rule = keyof typeof rules;

const causes: readonly Rule[] = ['InstanceDown', 'ProcessHighCpu', 'MemoryHigh', 'HighErrorRate'];
const noises: readonly Rule[] = ['DiskFilling', 'ProcessHighCpu', 'MemoryHigh', 'HighLatency'];

class Simulation {
  readonly #random: () => number;
  readonly #options: StormOptions;
  readonly #callers: readonly (readonly number[])[];
  readonly #offsets: readonly number[];
  readonly told: Told[] = [];
  readonly roots: string[] = [];

  constructor(options: StormOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#callers = Array.from({ length: options.services }, (_, k) => this.#callersOf(k));
    this.#offsets = this.#callers.map(() => Math.floor(this.#random() * minute));
  }

  /** A service is called by one or two of those before it: layers, with the front door first. */
  #callersOf(k: number): number[] {
    if (k === 0) return [];
    const many = this.#random() < 0.3 ? 2 : 1;
    return [...new Set(Array.from({ length: many }, () => Math.floor(this.#random() * k)))];
  }

  topology(): Topology {
    const edges = this.#callers.flatMap((callers, k) =>
      callers.map(caller => ({ from: name(caller), to: name(k) })),
    );
    return { nodes: [], edges };
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }

  /** The next evaluation of the rules of a service, and as many after it as the rule waits. */
  #fires(rule: Rule, service: number, since: number): number {
    const offset = this.#offsets[service]!;
    return Math.ceil((since - offset) / minute) * minute + offset + rules[rule].wait * minute;
  }

  #tell(rule: Rule, at: { readonly service: number; readonly peer?: number }, life: Life): void {
    const startsAt = this.#fires(rule, at.service, life.since);
    const endsAt = this.#fires(rule, at.service, life.until + minute) - rules[rule].wait * minute;
    if (startsAt >= endsAt) return;
    const labels: Labels = {
      alertname: rule,
      service: name(at.service),
      severity: rules[rule].severity,
      ...(at.peer === undefined ? {} : { peer_service: name(at.peer) }),
      ...(/Instance|Cpu|Memory|Disk/.test(rule) ? { instance: `${name(at.service)}-${life.instance}` } : {}),
    };
    const whole = {
      labels,
      annotations: {},
      startsAt,
      endsAt,
      generatorURL: '',
      fingerprint: fingerprint(labels),
    };
    const pause = startsAt + Math.floor((endsAt - startsAt) / (2 * minute)) * minute;
    const flaps = this.#random() < 0.15 && pause > startsAt && pause + minute < endsAt;
    const lives = flaps
      ? [
          { startsAt, endsAt: pause },
          { startsAt: pause + minute, endsAt },
        ]
      : [{ startsAt, endsAt }];
    for (const one of lives) this.told.push({ alert: { ...whole, ...one }, incident: life.incident });
  }

  /** What goes wrong in one service, and then in those that call it: less likely and later with every call. */
  incident(at: number): void {
    const root = Math.floor(this.#random() * this.#options.services);
    const incident = this.roots.push(name(root)) - 1;
    const until = at + 20 * minute * Math.exp(0.6 * this.#normal());
    const life = { since: at, until, incident, instance: Math.floor(this.#random() * 3) };
    this.#tell(this.#pick(causes), { service: root }, life);
    const hit = new Map([[root, at]]);
    for (const [service, since] of hit) {
      if (service === root || this.#random() < 0.8) this.#degrade(service, { ...life, since });
      for (const caller of this.#callers[service]!) {
        if (hit.has(caller) || this.#random() > (service === root ? 0.8 : 0.6)) continue;
        const later = since + 5000 + 35_000 * this.#random();
        hit.set(caller, later);
        this.#tell('DependencyErrors', { service: caller, peer: service }, { ...life, since: later });
      }
    }
  }

  /** A service that answers slowly or wrongly: rules by service and by each of its three instances. */
  #degrade(service: number, life: Life): void {
    for (const rule of ['HighErrorRate', 'HighLatency'] as const) {
      if (this.#random() > 0.7) continue;
      this.#tell(rule, { service }, life);
      for (let instance = 0; instance < 3; instance++)
        this.#tell(`Instance${rule}`, { service }, { ...life, instance });
    }
  }

  noise(at: number): void {
    const life = { since: at, until: at + minute * (5 + 25 * this.#random()), incident: -1, instance: 0 };
    this.#tell(this.#pick(noises), { service: Math.floor(this.#random() * this.#options.services) }, life);
  }

  run(): void {
    const { hours, incidents, noise } = this.#options;
    const when = () => begin + this.#random() * hours * 60 * minute;
    for (let k = 0; k < hours * incidents; k++) this.incident(when());
    for (let k = 0; k < hours * noise; k++) this.noise(when());
    this.told.sort(
      (a, b) => a.alert.startsAt - b.alert.startsAt || (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1),
    );
  }
}

interface Life {
  readonly since: number;
  readonly until: number;
  readonly incident: number;
  readonly instance: number;
}

const name = (service: number) => `service-${service}`;

/** The alerts of ordinary one-minute rules while services fail, with the truth about them; the same for one seed. */
export function simulateStorm(options: StormOptions): Storm {
  const simulation = new Simulation(options);
  simulation.run();
  const { told, roots } = simulation;
  return {
    topology: simulation.topology(),
    alerts: told.map(({ alert }) => alert),
    truth: told.map(({ incident }) => incident),
    roots,
  };
}
