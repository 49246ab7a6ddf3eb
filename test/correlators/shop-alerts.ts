import type { Alert } from '../../core/alert.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Topology } from '../../core/topology.ts';
import type { Correlator } from '../../correlators/group.ts';
import { correlateAlerts } from '../../correlators/replay.ts';

export const second = 1000;
/** When the alerts of these tests begin, ms. */
export const T = Date.UTC(2026, 0, 1, 3);

/** An alert from and, where it is over, to so many seconds after `T`. */
export function alert(labels: Labels, from: number, to?: number): Alert {
  return {
    labels,
    annotations: {},
    startsAt: T + from * second,
    endsAt: to === undefined ? undefined : T + to * second,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}

/** Labels of an alert on a service. */
export const on = (service: string, alertname = 'LatencyHigh', severity = 'warning') => ({
  alertname,
  service,
  severity,
});

/** Calls of a shop: two branches, and two services that call themselves or each other. */
export const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'frontend', to: 'checkout' },
    { from: 'frontend', to: 'search' },
    { from: 'checkout', to: 'redis' },
    { from: 'search', to: 'index' },
    { from: 'redis', to: 'redis' },
    { from: 'index', to: 'search' },
  ],
};

/** What becomes of alerts that come in the order in which they begin. */
export const linesOf = (alerts: readonly Alert[], topology: Topology) =>
  correlateAlerts(alerts, topology).lines;

/** A step of a correlator so many seconds after `T`. */
export function at(correlator: Correlator, seconds: number, alerts: readonly Alert[] = []) {
  const rest = { suppressed: [], anomalies: [], changes: [], topology: shop };
  return correlator.step({ t: T + seconds * second, alerts, ...rest });
}
