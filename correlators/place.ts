import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import { isDegradation, isResource, isTraffic, symptomOf } from './symptom.ts';
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

/** Labels that name the other side of a call. */
export const peerLabels = ['peer_service', 'destination_service_name', 'server_address'] as const;

/** The callee of the call that labels speak of; undefined when they speak of no call. */
export function peerOf(labels: Labels): string | undefined {
  return peerLabels.map(name => labels[name]).find(value => value !== undefined && value !== '');
}

/** Where an alert is: `id` is its node in the graph, `entity` the labels that name it, `also` other shared places. */
export interface Place {
  readonly id: string;
  readonly entity: Labels;
  readonly also: readonly string[];
  /** True when the alert tells only that the place is asked more or less than usual. */
  readonly asked?: boolean | undefined;
  /** True when the alert tells that the place answers slowly or wrongly: that may come from what it calls. */
  readonly suffers?: boolean | undefined;
  /** True when it tells that the place is short of a resource of its own, or gone. */
  readonly scarce?: boolean | undefined;
  /** The callee that the alert names. */
  readonly peer?: string | undefined;
}

/**
 * The place of an alert: the first of `names` whose value the graph knows, else the first that is there; without any, the
 * alert is a place of its own. `node`, `instance`, `pod` and the callee of a call are shared places beside it.
 */
export function placeOf(alert: Alert, graph: Graph, names: readonly string[] = placeLabels): Place {
  const here = names.filter(name => alert.labels[name] !== undefined && alert.labels[name] !== '');
  const name = here.find(candidate => graph.has(alert.labels[candidate]!)) ?? here[0];
  if (name === undefined) return { id: `alert:${alert.fingerprint}`, entity: entityWithout(alert), also: [] };
  const id = alert.labels[name]!;
  const also = ['pod', 'instance', 'node']
    .filter(other => other !== name && here.includes(other))
    .flatMap(other => (alert.labels[other] ? [alert.labels[other]] : []));
  const peer = peerOf(alert.labels);
  if (peer !== undefined) also.push(peer);
  const symptom = symptomOf(alert);
  const asked = peer === undefined && isTraffic(symptom);
  return {
    id,
    entity: { [name]: id },
    also: also.filter(other => other !== id),
    ...(asked ? { asked } : {}),
    ...(isDegradation(symptom) ? { suffers: true } : {}),
    ...(isResource(symptom) ? { scarce: true } : {}),
    ...(peer === undefined || peer === id ? {} : { peer }),
  };
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
