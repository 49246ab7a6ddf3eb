import { correlateAlerts } from '../correlators/replay.ts';
import { groupAsAlertmanager } from './alertmanager-grouping.ts';
import { simulateBursts } from './burst-storm.ts';
import { type Figures, figuresOf, type JudgedGroup, mean } from './grouping-figures.ts';
import { type Storm, type StormOptions, simulateStorm } from './storm.ts';

/**
 * Our correlator beside Alertmanager's grouping on simulated storms, of one-minute rules and of rules that fire and resolve
 * all the time. Run: `node dist/bench/correlate.js`; the seeds here were not looked at while the rates were chosen.
 */
const seeds = [1, 2, 3, 4, 5];

function ours({ alerts, topology }: Storm): JudgedGroup[] {
  return correlateAlerts(alerts, topology).lines.map(line => ({
    alerts: line.alerts,
    at: line.notifications.map(({ at }) => Date.parse(at)),
    suspects: line.suspects.map(({ entity }) => Object.values(entity)[0]!),
  }));
}

function row(method: string, all: readonly Figures[]): Readonly<Record<string, string | number>> {
  const names = Object.keys(all[0]!);
  const figures = names.map(name => [name, Number(mean(all.map(one => one[name]!)).toFixed(3))] as const);
  return { method, ...Object.fromEntries(figures) };
}

function table(
  what: string,
  options: Omit<StormOptions, 'seed'>,
  simulate: (options: StormOptions) => Storm,
): void {
  const storms = seeds.map(seed => simulate({ ...options, seed }));
  const grouped = (groupBy: readonly string[]) =>
    storms.map(storm =>
      figuresOf(
        storm,
        groupAsAlertmanager(storm.alerts, { groupBy, groupWait: 30_000, groupInterval: 300_000 }),
      ),
    );
  const before = process.cpuUsage();
  const own = storms.map(storm => figuresOf(storm, ours(storm)));
  const cpu = process.cpuUsage(before).user / 1e6 / storms.length;
  console.log(`${what}, ${JSON.stringify(options)}, ours: ${cpu.toFixed(2)} CPU s a day of alerts`);
  console.table([
    row('foreshock', own),
    row('group_by [service]', grouped(['service'])),
    row('group_by []', grouped([])),
  ]);
}

table('one-minute rules', { services: 12, hours: 24, incidents: 0.5, noise: 3 }, simulateStorm);
table('one-minute rules', { services: 60, hours: 24, incidents: 1, noise: 6 }, simulateStorm);
table('alerts that come and go', { services: 11, hours: 24, incidents: 1, noise: 6 }, simulateBursts);
table('alerts that come and go', { services: 120, hours: 24, incidents: 1, noise: 6 }, simulateBursts);
