import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import type { Graph } from './topology.ts';

/** Labels that say where an alert is, the most telling first. */
export const placeLabels = [
  'service',
  'pod',
  'instance',
  'node',
  'cluster',
  'database',
  'topic',
  'queue',
  'job',
] as const;

/** Where an alert is: `id` is its node in the graph, `entity` the labels that name it, `also` other shared places. */
export interface Place {
  readonly id: string;
  readonly entity: Labels;
  readonly also: readonly string[];
}

/**
 * The place of an alert: the first of `names` whose value the graph knows, else the first that is there; without any, the
 * alert is a place of its own. `node`, `instance`, `pod` and `peer_service` are shared places beside it.
 */
export function placeOf(alert: Alert, graph: Graph, names: readonly string[] = placeLabels): Place {
  const here = names.filter(name => alert.labels[name] !== undefined && alert.labels[name] !== '');
  const name = here.find(candidate => graph.has(alert.labels[candidate]!)) ?? here[0];
  if (name === undefined) return { id: `alert:${alert.fingerprint}`, entity: entityWithout(alert), also: [] };
  const id = alert.labels[name]!;
  const also = ['pod', 'instance', 'node', 'peer_service']
    .filter(other => other !== name && here.concat('peer_service').includes(other))
    .flatMap(other => (alert.labels[other] ? [alert.labels[other]] : []));
  return { id, entity: { [name]: id }, also: also.filter(other => other !== id) };
}

function entityWithout(alert: Alert): Labels {
  const name = alert.labels.alertname;
  return name === undefined ? alert.labels : { alertname: name };
}

const ranks: Readonly<Record<string, number>> = {
  none: -1,
  info: 0,
  informational: 0,
  low: 0,
  warning: 1,
  warn: 1,
  minor: 1,
  medium: 1,
  error: 2,
  high: 2,
  major: 2,
  critical: 3,
  page: 3,
  emergency: 3,
  disaster: 3,
};

/** Severity as a rank: info 0, warning 1, error 2, critical 3; unknown words count as warning. */
export function severityRank(labels: Labels): number {
  return ranks[(labels.severity ?? 'warning').toLowerCase()] ?? 1;
}

/** True for alerts that fire always to prove that alerting lives: they belong to no incident. */
export function isHeartbeat(labels: Labels): boolean {
  return (
    (labels.severity ?? '').toLowerCase() === 'none' ||
    /watchdog$|^deadmansswitch$/i.test(labels.alertname ?? '')
  );
}
