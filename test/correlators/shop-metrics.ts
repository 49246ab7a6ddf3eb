import type { Frame } from '../../core/batch.ts';
import { createRandom } from '../../core/random.ts';
import type { Topology } from '../../core/topology.ts';

/** Three services before one database, and what is usual of each: an hour of minutes before the onset, five after it. */
export const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'web', to: 'catalog' },
    { from: 'web', to: 'basket' },
    { from: 'web', to: 'orders' },
    { from: 'catalog', to: 'database' },
    { from: 'basket', to: 'database' },
    { from: 'orders', to: 'database' },
    { from: 'orders', to: 'mail' },
  ],
};

const minute = 60_000;
const before = 60;
const rows = before + 5;
const begin = Date.UTC(2026, 2, 1, 9);

/** When the trouble begins, ms: half a minute before the first row that shows it. */
export const onset = begin + before * minute - minute / 2;

const usual: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  web: { requests: 100, latency_p99_seconds: 0.4, error_ratio: 0.001, cpu_usage: 0.5 },
  catalog: { requests: 80, latency_p99_seconds: 0.1, error_ratio: 0.001, cpu_usage: 0.3 },
  basket: { requests: 40, latency_p99_seconds: 0.08, error_ratio: 0.001, cpu_usage: 0.2 },
  orders: { requests: 10, latency_p99_seconds: 0.2, error_ratio: 0.001, cpu_usage: 0.1, replicas: 3 },
  database: { requests: 130, latency_p99_seconds: 0.02, error_ratio: 0, cpu_usage: 0.4 },
  mail: { requests: 10, latency_p99_seconds: 0.05, error_ratio: 0, cpu_usage: 0.05 },
};

/** What becomes of values from the onset on: `{database: {latency_p99_seconds: 20}}` times 20; NaN is missing. */
export type Factors = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Metrics of the shop; `values` replaces what is usual, `hole` makes every so many-th value missing. */
export function shopMetrics(
  factors: Factors = {},
  options: { readonly added?: Factors; readonly hole?: number; readonly seed?: number } = {},
): Frame[] {
  const { added = {}, hole = Number.POSITIVE_INFINITY, seed = 1 } = options;
  const random = createRandom(seed);
  const t = Float64Array.from({ length: rows }, (_, row) => begin + row * minute);
  return Object.entries(usual).map(([service, own]) => {
    const levels = { ...own, ...added[service] };
    const signals = Object.keys(levels);
    const columns = signals.map(signal =>
      t.map((_, row) => {
        const noise = 0.95 + 0.1 * random();
        const factor = row < before ? 1 : (factors[service]?.[signal] ?? 1);
        const exact = signal === 'replicas';
        return row % hole === hole - 1 ? Number.NaN : levels[signal]! * factor * (exact ? 1 : noise);
      }),
    );
    return { entity: { service }, signals, step: minute, t, columns };
  });
}
