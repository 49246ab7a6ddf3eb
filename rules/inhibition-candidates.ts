import type { Labels } from '../core/labels.ts';
import { type CallPath, callPaths } from './call-path.ts';
import type { AlertHistory, PastAlert } from './history.ts';

/** One entry of Alertmanager's `inhibit_rules`; all matchers are equalities. */
export interface InhibitRule {
  readonly source: Labels;
  readonly target: Labels;
  readonly equal: readonly string[];
}

/** A rule that the graph explains: by the place that both share, or by the calls from the target to the source. */
export interface Candidate {
  readonly rule: InhibitRule;
  readonly path: readonly string[];
}

interface Pair {
  readonly source: Labels;
  readonly target: Labels;
  readonly path: readonly string[];
  /** Labels that source and target share wherever they came together. */
  equal: readonly string[];
  readonly incidents: Set<number>;
}

/** As far as the label names of Alertmanager reach without UTF-8 matchers. */
export const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const neverEqual = ['alertname', 'severity'];
const maxCalls = 3;
/** In a larger storm the first kinds tell enough; all pairs of kinds are looked at. */
const kindsLimit = 200;

/** Alerts that came one before another in at least `minIncidents` incidents, where one place or calls explain it. */
export function inhibitCandidates(history: AlertHistory, minIncidents: number): readonly Candidate[] {
  const path = callPaths(history.topology, maxCalls);
  const pairs = new Map<string, Pair>();
  for (const firsts of firstAlerts(history, minIncidents))
    for (const source of firsts)
      for (const target of firsts)
        if (source.startsAt < target.startsAt) note(pairs, { source, target, path });
  return [...pairs]
    .filter(([, { incidents }]) => incidents.size >= minIncidents)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { source, target, equal, path }]) => ({ rule: { source, target, equal }, path }));
}

/** The first alert of each kind (name and place) in each incident; kinds whose name is rare are left out. */
function firstAlerts({ alerts }: AlertHistory, minIncidents: number): readonly (readonly PastAlert[])[] {
  const incidentsOf = new Map<string, Set<number>>();
  for (const { labels, incident } of alerts) {
    const name = labels.alertname ?? '';
    incidentsOf.set(name, (incidentsOf.get(name) ?? new Set()).add(incident));
  }
  const firsts = new Map<number, Map<string, PastAlert>>();
  for (const alert of alerts) {
    const { labels, place, incident } = alert;
    const name = labels.alertname ?? '';
    if (name === '' || place === undefined || incidentsOf.get(name)!.size < minIncidents) continue;
    const kinds = firsts.get(incident) ?? new Map<string, PastAlert>();
    firsts.set(incident, kinds);
    const kind = JSON.stringify([name, place.label, place.value]);
    if (!kinds.has(kind) && kinds.size < kindsLimit) kinds.set(kind, alert);
  }
  return [...firsts.values()].map(kinds => [...kinds.values()]);
}

interface Sighting {
  readonly source: PastAlert;
  readonly target: PastAlert;
  readonly path: CallPath;
}

function note(pairs: Map<string, Pair>, { source, target, path }: Sighting): void {
  const seen = pairOf({ source, target, path });
  if (seen === undefined) return;
  const key = JSON.stringify([seen.source, seen.target, seen.path.length === 0 ? source.place!.label : '']);
  const shared = sharedLabels(source.labels, target.labels);
  const pair = pairs.get(key) ?? { ...seen, equal: shared, incidents: new Set<number>() };
  pair.equal = pair.equal.filter(name => shared.includes(name));
  pair.incidents.add(source.incident);
  pairs.set(key, pair);
}

function pairOf({ source, target, path }: Sighting): Pick<Pair, 'source' | 'target' | 'path'> | undefined {
  const [from, to] = [source.place!, target.place!];
  const [before, after] = [source.labels.alertname!, target.labels.alertname!];
  if (from.label === to.label && from.value === to.value)
    return before === after
      ? undefined
      : { source: { alertname: before }, target: { alertname: after }, path: [] };
  const way = path(to.value, from.value);
  if (way === undefined) return undefined;
  return {
    source: { alertname: before, [from.label]: from.value },
    target: { alertname: after, [to.label]: to.value },
    path: way,
  };
}

function sharedLabels(a: Labels, b: Labels): readonly string[] {
  return Object.keys(a)
    .filter(name => a[name] === b[name] && plainName.test(name) && !neverEqual.includes(name))
    .sort();
}
