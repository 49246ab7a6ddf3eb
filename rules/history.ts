import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import type { Topology } from '../core/topology.ts';

/** Where an alert is: the label that names its place, and that label's value. */
export interface AlertPlace {
  readonly label: string;
  readonly value: string;
}

/** An alert that fired, ms; `endsAt` is infinite while it fires. `incident` numbers the history's incidents from 0. */
export interface PastAlert {
  readonly labels: Labels;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly incident: number;
  readonly place: AlertPlace | undefined;
}

/** What suggestions are derived from: alerts in order of their start, each with its incident, and the graph of calls. */
export interface AlertHistory {
  readonly alerts: readonly PastAlert[];
  /** The same alerts by their `alertname`. */
  readonly byName: ReadonlyMap<string, readonly PastAlert[]>;
  readonly incidents: number;
  readonly topology: Topology;
}

/** What a history is made of: `incidents` are the alerts of each, `placeLabels` name places, the most telling first. */
export interface HistoryParts {
  readonly incidents: readonly (readonly Alert[])[];
  readonly topology: Topology;
  readonly placeLabels: readonly string[];
}

function placeIn(labels: Labels, names: readonly string[], known: ReadonlySet<string>) {
  const here = names.filter(name => (labels[name] ?? '') !== '');
  const label = here.find(name => known.has(labels[name]!)) ?? here[0];
  return label === undefined ? undefined : { label, value: labels[label]! };
}

/** A history of incidents; those without an alert do not count. */
export function alertHistory({ incidents, topology, placeLabels }: HistoryParts): AlertHistory {
  const known = new Set(topology.nodes.map(({ id }) => id));
  for (const { from, to } of topology.edges) known.add(from).add(to);
  const told = incidents.filter(alerts => alerts.length > 0);
  const alerts = told.flatMap((members, incident) =>
    members.map(({ labels, startsAt, endsAt = Number.POSITIVE_INFINITY }) => ({
      labels,
      startsAt,
      endsAt: Math.max(startsAt, endsAt),
      incident,
      place: placeIn(labels, placeLabels, known),
    })),
  );
  alerts.sort((a, b) => a.startsAt - b.startsAt);
  const byName = new Map<string, PastAlert[]>();
  for (const alert of alerts) {
    const name = alert.labels.alertname ?? '';
    byName.set(name, byName.get(name) ?? []);
    byName.get(name)!.push(alert);
  }
  return { alerts, byName, incidents: told.length, topology };
}
