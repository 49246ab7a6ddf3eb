import type { Frame } from '../core/batch.ts';
import { createRandom } from '../core/random.ts';
import type { Topology } from '../core/topology.ts';

/** What goes wrong in a simulated system; `nothing` is a calm hour. */
export const faults = ['slow', 'starved', 'failing', 'delayed', 'gone', 'surge', 'stops', 'nothing'] as const;
export type Fault = (typeof faults)[number];

/** One simulated system with one fault: two hours of one-minute rows before the onset, five after it. */
export interface FaultCase {
  readonly fault: Fault;
  /** Undefined when nothing is wrong. */
  readonly cause: string | undefined;
  readonly frames: readonly Frame[];
  readonly topology: Topology;
  /** ms. */
  readonly onset: number;
}

interface Service {
  readonly name: string;
  readonly callees: readonly { readonly to: number; readonly calls: number }[];
  /** Own time per request, s. */
  readonly time: number;
  readonly cpuPerRequest: number;
  readonly memory: number;
}

interface Moment {
  readonly rate: Float64Array;
  readonly latency: Float64Array;
  /** Time of the calls as the callers see it. */
  readonly seen: Float64Array;
  readonly errors: Float64Array;
}

const minute = 60_000;
const before = 120;
const rows = before + 5;
const begin = Date.UTC(2026, 0, 1);
const signals = [
  'requests_per_second',
  'latency_p50_seconds',
  'latency_p99_seconds',
  'client_latency_p90_seconds',
  'error_ratio',
  'cpu_usage',
  'memory_bytes',
] as const;

function graphOf(random: () => number, size: number): Service[] {
  return Array.from({ length: size }, (_, i) => {
    const below = size - 1 - i;
    const wanted = i === 0 ? Math.max(2, Math.ceil(size / 8)) : Math.floor(3 * random());
    const to = new Set<number>();
    for (let k = 0; k < Math.min(wanted, below); k++) to.add(i + 1 + Math.floor(below * random()));
    return {
      name: `s${i}`,
      callees: [...to].map(callee => ({ to: callee, calls: random() < 0.3 ? 2 : 1 })),
      time: 0.002 + 0.02 * random(),
      cpuPerRequest: 0.002 + 0.01 * random(),
      memory: 1e8 * (1 + 4 * random()),
    };
  });
}

/** Load, latency and errors of all services in one row: load flows down the calls, time and errors flow up. */
function momentOf(services: readonly Service[], entry: number, fault?: { kind: Fault; at: number }): Moment {
  const n = services.length;
  const moment = {
    rate: new Float64Array(n),
    latency: new Float64Array(n),
    seen: new Float64Array(n),
    errors: new Float64Array(n),
  };
  const hit = (kind: Fault, i: number) => fault?.kind === kind && fault.at === i;
  const callsOf = (i: number) => services[i]!.callees.slice(hit('stops', i) ? 1 : 0);
  const entryRate = hit('surge', 0) ? 5 * entry : entry;
  moment.rate[0] = entryRate;
  for (let i = 0; i < n; i++)
    for (const { to, calls } of callsOf(i)) moment.rate[to]! += calls * moment.rate[i]!;
  for (let i = n - 1; i >= 0; i--) {
    let time = services[i]!.time * (hit('slow', i) || hit('starved', i) ? 20 : 1);
    let fine = hit('failing', i) ? 0.75 : hit('gone', i) ? 0 : 0.999;
    for (const { to, calls } of callsOf(i)) {
      time += calls * moment.seen[to]!;
      fine *= (1 - moment.errors[to]!) ** calls;
    }
    moment.latency[i] = time;
    moment.seen[i] = time + 0.001 + (hit('delayed', i) ? 0.2 : hit('gone', i) ? 1 : 0);
    moment.errors[i] = 1 - fine;
  }
  return moment;
}

function callTime(service: Service, { seen }: Moment): number {
  return service.callees.reduce((most, { to }) => Math.max(most, seen[to]!), 0);
}

/** The seven signals of one service in one row, each with its noise. */
function rowOf(service: Service, i: number, moment: Moment, noise: (size: number) => number): number[] {
  const { rate, latency, errors } = moment;
  const time = latency[i]!;
  return [
    rate[i]! * noise(0.05),
    time * noise(0.05),
    3 * time * noise(0.2),
    service.callees.length === 0 ? Number.NaN : 2 * callTime(service, moment) * noise(0.15),
    Math.min(1, errors[i]! * noise(0.5)),
    rate[i]! * service.cpuPerRequest * noise(0.08),
    service.memory * noise(0.02),
  ];
}

/** A fault hits a service that is asked at least once a second, so that it can show. */
function causeOf(services: readonly Service[], kind: Fault, random: () => number): number {
  const { rate } = momentOf(services, 50);
  const able = services.flatMap((service, i) => {
    const asked = rate[i]! >= 1 && i > 0;
    return asked && (kind !== 'stops' || service.callees.length > 0) ? [i] : [];
  });
  if (kind === 'surge' || able.length === 0) return 0;
  return able[Math.floor(able.length * random())]!;
}

/** Simulates one case; the same seed gives the same case. */
export function faultCase(fault: Fault, seed: number, size: number): FaultCase {
  const random = createRandom(seed);
  const services = graphOf(random, size);
  const at = causeOf(services, fault, random);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const noise = (spread: number) => Math.exp(spread * gauss());
  const t = Float64Array.from({ length: rows }, (_, row) => begin + row * minute);
  const columns = services.map(() => signals.map(() => new Float64Array(rows).fill(Number.NaN)));
  for (let row = 0; row < rows; row++) {
    const bad = row >= before && fault !== 'nothing';
    const moment = momentOf(services, 50 * noise(0.1), bad ? { kind: fault, at } : undefined);
    for (const [i, service] of services.entries()) {
      if (bad && fault === 'gone' && i === at) continue;
      const values = rowOf(service, i, moment, noise);
      if (bad && fault === 'starved' && i === at) values[5] = 8 * values[5]!;
      for (const [k, value] of values.entries()) if (random() > 0.03) columns[i]![k]![row] = value;
    }
  }
  const frames = services.map(({ name }, i) => ({
    entity: { service: name },
    signals,
    step: minute,
    t,
    columns: columns[i]!,
  }));
  const edges = services.flatMap(({ name, callees }) =>
    callees.map(({ to }) => ({ from: name, to: services[to]!.name })),
  );
  return {
    fault,
    cause: fault === 'nothing' ? undefined : services[at]!.name,
    frames,
    topology: { nodes: services.map(({ name }) => ({ id: name })), edges },
    onset: begin + before * minute - minute / 2,
  };
}
