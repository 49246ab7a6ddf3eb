import { describe, expect, it } from 'vitest';
import { groupAsAlertmanager } from '../../bench/alertmanager-grouping.ts';
import { simulateStorm } from '../../bench/storm.ts';
import type { Alert } from '../../core/alert.ts';
import { fingerprint } from '../../core/labels.ts';

const second = 1000;
const route = { groupWait: 30 * second, groupInterval: 300 * second };

function alert(service: string, alertname: string, [from, to]: readonly [number, number]): Alert {
  const labels = { service, alertname };
  const [startsAt, endsAt] = [from * second, to * second];
  return { labels, annotations: {}, startsAt, endsAt, generatorURL: '', fingerprint: fingerprint(labels) };
}

describe("Alertmanager's grouping on virtual time", () => {
  const alerts = [
    alert('a', 'Slow', [0, 1000]),
    alert('b', 'Slow', [10, 100]),
    alert('a', 'Down', [200, 1000]),
  ];

  it('tells a group after the wait, when it grows and when all is over', () => {
    const groups = groupAsAlertmanager(alerts, { ...route, groupBy: ['service'] });
    expect(groups).toEqual([
      { alerts: [0, 2], at: [30, 330, 1230].map(s => s * second) },
      { alerts: [1], at: [40, 340].map(s => s * second) },
    ]);
  });

  it('holds everything in one group when nothing tells alerts apart', () => {
    const groups = groupAsAlertmanager(alerts, { ...route, groupBy: [] });
    expect(groups.map(group => group.alerts)).toEqual([[0, 1, 2]]);
  });

  it('begins a new group after the last one has ended', () => {
    const twice = [alert('a', 'Slow', [0, 60]), alert('a', 'Slow', [900, 960])];
    expect(groupAsAlertmanager(twice, { ...route, groupBy: ['service'] })).toHaveLength(2);
  });
});

describe('a simulated storm', () => {
  const options = { seed: 7, services: 12, hours: 6, incidents: 1, noise: 3 };
  const storm = simulateStorm(options);

  it('is the same for one seed, and another for another', () => {
    expect(simulateStorm(options)).toEqual(storm);
    expect(simulateStorm({ ...options, seed: 8 }).alerts).not.toEqual(storm.alerts);
  });

  it('tells of each incident where it began, and of some alerts that they are noise', () => {
    expect(storm.roots).toHaveLength(6);
    for (const [incident, root] of storm.roots.entries()) {
      const own = storm.alerts.filter((_, i) => storm.truth[i] === incident);
      expect(own.map(one => one.labels.service)).toContain(root);
    }
    expect(storm.truth).toContain(-1);
  });

  it('fires in order, each alert for a while', () => {
    const starts = storm.alerts.map(one => one.startsAt);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    for (const { startsAt, endsAt } of storm.alerts) expect(endsAt).toBeGreaterThan(startsAt);
  });
});
