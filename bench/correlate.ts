import { correlateAlerts } from '../correlators/replay.ts';
import { groupAsAlertmanager, type ToldGroup } from './alertmanager-grouping.ts';
import { type Storm, type StormOptions, simulateStorm } from './storm.ts';

/** Our correlator beside Alertmanager's grouping on simulated storms of one-minute rules. Run: `node dist/bench/correlate.js`. */
const seeds = [1, 2, 3, 4, 5];
const soon = 300_000;

interface Figures {
  readonly [figure: string]: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The incident of which most alerts stand in a group; -1 when all are noise. */
function ownerOf(group: ToldGroup, truth: Storm['truth']): number {
  const counts = new Map<number, number>();
  for (const alert of group.alerts)
    if (truth[alert]! >= 0) counts.set(truth[alert]!, (counts.get(truth[alert]!) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;
}

/** How well groups stand for the incidents of a storm. */
function figuresOf(storm: Storm, groups: readonly ToldGroup[]): Figures {
  const { truth, alerts } = storm;
  const owners = groups.map(group => ownerOf(group, truth));
  const real = truth.filter(incident => incident >= 0).length;
  const pure = groups.reduce(
    (sum, group, g) => sum + group.alerts.filter(one => owners[g]! >= 0 && truth[one] === owners[g]).length,
    0,
  );
  const incidents = [...new Set(truth.filter(incident => incident >= 0))];
  const per = incidents.map(incident => {
    const holding = groups.filter(group => group.alerts.some(one => truth[one] === incident));
    const first = alerts[truth.indexOf(incident)]!.startsAt;
    const told = holding.flatMap(group => group.at).filter(at => at >= first);
    return {
      groups: holding.length,
      swallowed: groups.every((_, g) => owners[g] !== incident) ? 1 : 0,
      told: told.some(at => at <= first + soon) ? 1 : 0,
    };
  });
  const sent = groups.reduce((sum, group) => sum + group.at.length, 0);
  return {
    alerts: alerts.length,
    incidents: incidents.length,
    notifications: sent,
    compression: 1 - sent / alerts.length,
    purity: pure / real,
    groups: mean(per.map(one => one.groups)),
    swallowed: mean(per.map(one => one.swallowed)),
    recall: mean(per.map(one => one.told)),
  };
}

function ours({ alerts, topology, roots, truth }: Storm): { groups: ToldGroup[]; top1: number } {
  const { lines } = correlateAlerts(alerts, topology);
  const groups = lines.map(line => ({
    alerts: line.alerts,
    at: line.notifications.map(({ at }) => Date.parse(at)),
  }));
  const owners = groups.map(group => ownerOf(group, truth));
  const hits = roots.map((root, incident) => {
    const own = lines
      .filter((_, k) => owners[k] === incident)
      .sort((a, b) => b.alerts.length - a.alerts.length)[0];
    return Object.values(own?.suspects[0]?.entity ?? {}).includes(root) ? 1 : 0;
  });
  return { groups, top1: mean(hits) };
}

function row(method: string, all: readonly Figures[]): Readonly<Record<string, string | number>> {
  const names = Object.keys(all[0]!);
  const figures = names.map(name => [name, Number(mean(all.map(one => one[name]!)).toFixed(3))] as const);
  return { method, ...Object.fromEntries(figures) };
}

function table(options: Omit<StormOptions, 'seed'>): void {
  const storms = seeds.map(seed => simulateStorm({ ...options, seed }));
  const grouped = (groupBy: readonly string[]) =>
    storms.map(storm =>
      figuresOf(
        storm,
        groupAsAlertmanager(storm.alerts, { groupBy, groupWait: 30_000, groupInterval: 300_000 }),
      ),
    );
  const before = process.cpuUsage();
  const own = storms.map(storm => ({ storm, ...ours(storm) }));
  const cpu = process.cpuUsage(before).user / 1e6 / storms.length;
  console.log(`${JSON.stringify(options)}, ours: ${cpu.toFixed(2)} CPU s a day of alerts`);
  console.table([
    row(
      'foreshock',
      own.map(({ storm, groups, top1 }) => ({ ...figuresOf(storm, groups), 'root first': top1 })),
    ),
    row('group_by [service]', grouped(['service'])),
    row('group_by []', grouped([])),
  ]);
}

table({ services: 12, hours: 24, incidents: 0.5, noise: 3 });
table({ services: 60, hours: 24, incidents: 1, noise: 6 });
