import { performance } from 'node:perf_hooks';
import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';
import { createRandom } from '../core/random.ts';
import type { Topology } from '../core/topology.ts';
import { createCorrelator } from '../correlators/group.ts';

/**
 * A flood: 100,000 alerts in 60 s over 5,000 services that call each other, one decision an alert. Prints the time of a
 * decision, of all of them, and the memory. Run: `node dist/bench/flood.js`.
 */
const entities = 5000;
const alertsEach = 20;
const length = 60_000;
const begin = Date.UTC(2026, 0, 1);

function topologyOf(random: () => number): Topology {
  const edges = Array.from({ length: entities - 1 }, (_, k) => [
    { from: `service-${Math.floor(random() * (k + 1))}`, to: `service-${k + 1}` },
    { from: `service-${Math.floor(random() * (k + 1))}`, to: `service-${k + 1}` },
  ]);
  return { nodes: [], edges: edges.flat() };
}

function alertsOf(random: () => number): Alert[] {
  const all = Array.from({ length: entities * alertsEach }, (_, k): Alert => {
    const labels = {
      alertname: `Rule${Math.floor(k / entities)}`,
      service: `service-${k % entities}`,
      severity: k % 3 === 0 ? 'critical' : 'warning',
    };
    const startsAt = begin + Math.floor(random() * length);
    const rest = { annotations: {}, endsAt: undefined, generatorURL: '' };
    return { labels, startsAt, fingerprint: fingerprint(labels), ...rest };
  });
  return all.sort((a, b) => a.startsAt - b.startsAt);
}

function flood(seed: number): void {
  const random = createRandom(seed);
  const topology = topologyOf(random);
  const alerts = alertsOf(random);
  const correlator = createCorrelator();
  const took = new Float64Array(alerts.length);
  const rest = { suppressed: [], anomalies: [], changes: [], topology };
  let members = 0;
  const start = performance.now();
  for (const [k, alert] of alerts.entries()) {
    const before = performance.now();
    const result = correlator.step({ t: alert.startsAt, alerts: [alert], ...rest });
    took[k] = performance.now() - before;
    if (k === alerts.length - 1) members = result.incidents.reduce((sum, one) => sum + one.members.length, 0);
  }
  const whole = (performance.now() - start) / 1000;
  if (members !== alerts.length)
    throw new Error(`${alerts.length} alerts went in, ${members} stand in incidents`);
  took.sort();
  const at = (q: number) => Number(took[Math.floor(q * (took.length - 1))]!.toFixed(3));
  console.table([
    {
      alerts: alerts.length,
      'median ms': at(0.5),
      'p99 ms': at(0.99),
      'longest ms': at(1),
      'all s': Number(whole.toFixed(1)),
      'memory MB': Math.round(process.memoryUsage().rss / 1e6),
    },
  ]);
}

flood(1);
