import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../correlators/place.ts';
import { suggestGrouping } from '../../rules/grouping.ts';
import { type AlertHistory, alertHistory } from '../../rules/history.ts';
import { Replay } from '../../rules/inhibition-replay.ts';
import { routeTimes, toldBy } from '../../rules/notifications.ts';
import { type Given, onDay } from './history.ts';

const alert = (namespace: string, k: number): Given => ({
  at: 10 * k,
  labels: { alertname: `Symptom${k}`, service: `${namespace}-${k % 2}`, namespace, cluster: 'eu' },
});
const incident = (day: number, namespace: string) => [0, 1, 2, 3].map(k => onDay(day, alert(namespace, k)));

/** Each day one incident in `shop` and one in `bank`; at the same time, or the second a day later. */
function twoTeams(days: number, daysLater: number): AlertHistory {
  const incidents = Array.from({ length: days }, (_, n) => [
    incident(2 * n, 'shop'),
    incident(2 * n + daysLater, 'bank'),
  ]).flat();
  return alertHistory({ incidents, topology: { nodes: [], edges: [] }, placeLabels });
}

const suggested = (history: AlertHistory) => suggestGrouping(history, new Replay(history).told());

describe('incidents that go on at the same time', () => {
  it('are kept apart by the fewest notifications that do not mix them', () => {
    const { best, compared, overlapping } = suggested(twoTeams(6, 0))!;
    expect(best).toEqual({ groupBy: ['namespace'], notifications: 12, purity: 1 });
    expect(overlapping).toBe(12);
    expect(compared.find(({ groupBy }) => groupBy.join() === 'alertname')?.purity).toBe(0.5);
  });

  it('a label that is the same on all alerts, or missing on many, groups nothing', () => {
    const { compared } = suggested(twoTeams(6, 0))!;
    expect(compared.flatMap(({ groupBy }) => groupBy)).not.toContain('cluster');
    const history = twoTeams(6, 0);
    const alerts = history.alerts.map((each, k) =>
      k % 10 === 0 ? each : { ...each, labels: { ...each.labels, team: each.incident % 2 ? 'a' : 'b' } },
    );
    expect(suggested({ ...history, alerts })!.compared.flatMap(({ groupBy }) => groupBy)).not.toContain(
      'team',
    );
  });
});

it('a label that changes nothing beside another one is not compared', () => {
  const names = suggested(twoTeams(6, 0))!.compared.map(({ groupBy }) => groupBy.join());
  expect(names).toContain('service');
  expect(names).not.toContain('namespace,service');
});

it('incidents that never overlapped say nothing of how to keep them apart', () => {
  expect(suggested(twoTeams(12, 1))).toBeUndefined();
});

describe('a group of Alertmanager', () => {
  const tell = (at: number, endsAt: number, name = 'a') => ({
    labels: { alertname: name, service: 's' },
    at: 1000 * at,
    endsAt: 1000 * endsAt,
    incident: 0,
  });
  const interval = routeTimes.groupInterval / 1000;

  it('tells what comes within its wait together, and news at most once an interval', () => {
    const together = [tell(0, 900), tell(10, 900, 'b'), tell(20, 900, 'c')];
    expect(toldBy(together, ['service']).notifications).toBe(1);
    expect(toldBy(together).notifications).toBe(3);
    const news = [tell(40, 900, 'd'), tell(interval, 900, 'e'), tell(interval + 40, 900, 'f')];
    expect(toldBy([...together, ...news], ['service']).notifications).toBe(3);
  });

  it('does not tell what is over by then', () => {
    expect(toldBy([tell(0, 900), tell(40, 200, 'b')], ['service']).notifications).toBe(1);
  });

  it('begins anew once its alerts have ended', () => {
    const alerts = [tell(0, 100), tell(interval + 31, 900)];
    expect(toldBy(alerts, ['service']).groups).toEqual([[0], [0]]);
  });
});
