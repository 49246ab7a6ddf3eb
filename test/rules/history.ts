import type { Alert } from '../../core/alert.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Topology } from '../../core/topology.ts';
import { placeLabels } from '../../correlators/place.ts';
import { type AlertHistory, alertHistory } from '../../rules/history.ts';

const day = 86_400_000;

/** An alert of a made-up incident; seconds after the incident's begin. */
export interface Given {
  readonly at: number;
  readonly until?: number;
  readonly labels: Labels;
}

/** An alert on day `n` of the history. */
export function onDay(n: number, { at, until = at + 600, labels }: Given): Alert {
  const begin = Date.UTC(2026, 0, 1) + n * day;
  return {
    labels,
    annotations: {},
    startsAt: begin + 1000 * at,
    endsAt: begin + 1000 * until,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}

/** A history of one incident a day. */
export function daily(incidents: readonly (readonly Given[])[], edges: Topology['edges'] = []): AlertHistory {
  return alertHistory({
    incidents: incidents.map((given, n) => given.map(each => onDay(n, each))),
    topology: { nodes: [], edges },
    placeLabels,
  });
}

/** `n` times the same. */
export function times<T>(n: number, what: T): readonly T[] {
  return Array.from({ length: n }, () => what);
}
