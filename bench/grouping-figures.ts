import type { Storm } from './storm.ts';

/** A group of alerts as people are told of it: the numbers of its alerts, when notifications left (ms), its suspects. */
export interface JudgedGroup {
  readonly alerts: readonly number[];
  readonly at: readonly number[];
  readonly suspects?: readonly string[];
}

export interface Figures {
  readonly [figure: string]: number;
}

const soon = 300_000;

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function quantile(values: readonly number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
}

/** The alerts of each true incident in a group, the most first. */
function shares(group: JudgedGroup, truth: Storm['truth']): [incident: number, alerts: number][] {
  const counts = new Map<number, number>();
  for (const alert of group.alerts)
    if (truth[alert]! >= 0) counts.set(truth[alert]!, (counts.get(truth[alert]!) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

interface Judged {
  readonly group: JudgedGroup;
  readonly owner: number;
  readonly parts: ReadonlyMap<number, number>;
}

function ofIncident(incident: number, judged: readonly Judged[], { alerts, truth, roots }: Storm): Figures {
  const holding = judged.filter(({ parts }) => parts.has(incident));
  const first = alerts[truth.indexOf(incident)]!.startsAt;
  const told = holding.flatMap(({ group }) => group.at).filter(at => at >= first);
  const delay = told.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...told) - first;
  const own = holding
    .filter(({ owner }) => owner === incident)
    .sort((a, b) => b.parts.get(incident)! - a.parts.get(incident)!)[0];
  const rank = own?.group.suspects?.indexOf(roots[incident]!) ?? -1;
  return {
    groups: holding.length,
    swallowed: own === undefined ? 1 : 0,
    told: delay <= soon ? 1 : 0,
    delay,
    top1: rank === 0 ? 1 : 0,
    top3: rank >= 0 && rank < 3 ? 1 : 0,
  };
}

/** How well groups stand for the incidents of a storm: every alert in one group at most. */
export function figuresOf(storm: Storm, groups: readonly JudgedGroup[]): Figures {
  const { truth, alerts } = storm;
  const judged = groups.map(group => {
    const parts = shares(group, truth);
    return { group, owner: parts[0]?.[0] ?? -1, parts: new Map(parts) };
  });
  const real = truth.filter(incident => incident >= 0).length;
  const incidents = [...new Set(truth.filter(incident => incident >= 0))];
  const per = incidents.map(incident => ofIncident(incident, judged, storm));
  const sent = (some: readonly Judged[]) => some.reduce((sum, { group }) => sum + group.at.length, 0);
  const ofLone = judged.filter(({ owner, group }) => owner < 0 && group.at.length > 0);
  const lone = ofLone.reduce((sum, { group }) => sum + group.alerts.length, 0);
  const figure = (name: string) => mean(per.map(one => one[name]!));
  return {
    alerts: alerts.length,
    incidents: incidents.length,
    notifications: sent(judged),
    compression: 1 - sent(judged.filter(({ owner }) => owner >= 0)) / real,
    purity: judged.reduce((sum, { owner, parts }) => sum + (parts.get(owner) ?? 0), 0) / real,
    groups: figure('groups'),
    swallowed: figure('swallowed'),
    recall: figure('told'),
    lone_told: lone / Math.max(1, alerts.length - real),
    delay_p50:
      quantile(
        per.map(one => one.delay!),
        0.5,
      ) / 1000,
    delay_p90:
      quantile(
        per.map(one => one.delay!),
        0.9,
      ) / 1000,
    top1: figure('top1'),
    top3: figure('top3'),
  };
}
