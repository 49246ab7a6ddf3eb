import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../correlators/place.ts';
import { type AlertHistory, alertHistory } from '../../rules/history.ts';
import { suggestInhibition } from '../../rules/inhibition.ts';
import { daily, type Given, onDay, times } from './history.ts';

const suggestedRules = (history: AlertHistory) => suggestInhibition(history).suggestions;

const calls = [
  { from: 'web', to: 'checkout' },
  { from: 'checkout', to: 'orders-db' },
];
const down: Given = {
  at: 0,
  until: 900,
  labels: { alertname: 'PostgresDown', service: 'orders-db', cluster: 'eu' },
};
const slow = (service: string, at: number): Given => ({
  at,
  until: at + 600,
  labels: { alertname: 'HighLatency', service, cluster: 'eu', severity: 'warning' },
});
const outage = [down, slow('checkout', 60), slow('web', 120)];

describe('a database whose alert comes before those of its callers', () => {
  it('holds back each caller while it fires, explained by the calls to it', () => {
    expect(suggestedRules(daily(times(12, outage), calls))).toEqual([
      {
        rule: {
          source: { alertname: 'PostgresDown', service: 'orders-db' },
          target: { alertname: 'HighLatency', service: 'checkout' },
          equal: ['cluster'],
        },
        path: ['checkout', 'orders-db'],
        evidence: {
          source: 12,
          followed: 12,
          target: 12,
          never: 12,
          lead: 60_000,
          saved: 12,
          strange: 0,
          hidden: 0,
        },
      },
      expect.objectContaining({ path: ['web', 'checkout', 'orders-db'] }),
    ]);
  });

  it('is not enough in ten incidents: the share could still be below .8', () => {
    expect(suggestedRules(daily(times(10, outage), calls))).toEqual([]);
    expect(suggestedRules(daily(times(11, outage), calls))).not.toEqual([]);
  });

  it('explains nothing where nobody knows of a call between them, or calls go the other way', () => {
    expect(suggestedRules(daily(times(12, [down, slow('search', 60)]), calls))).toEqual([]);
    const caller = { ...down, labels: { ...down.labels, service: 'web' } };
    expect(suggestedRules(daily(times(12, [caller, slow('checkout', 60)]), calls))).toEqual([]);
  });

  it('saves nothing where the callers go on after it: they are told then', () => {
    const brief = { ...down, until: 200 };
    expect(suggestedRules(daily(times(12, [brief, slow('checkout', 60)]), calls))).toEqual([]);
  });
});

describe('what stays heard', () => {
  it('an alert that fires alone half of the time', () => {
    const history = daily([...times(20, outage), ...times(20, [slow('checkout', 0)])], calls);
    const targets = suggestedRules(history).map(({ rule }) => rule.target.service);
    expect(targets).toEqual(['web']);
  });

  it('an alert that mostly does not come when the source fires', () => {
    expect(suggestedRules(daily([...times(20, outage), ...times(20, [down])], calls))).toEqual([]);
  });

  it('alerts that coincided twice', () => {
    const backup = { at: 0, labels: { alertname: 'BackupLate', service: 'orders-db' } };
    const alone = [...times(20, [backup]), ...times(20, [slow('checkout', 60)])];
    expect(suggestedRules(daily([...alone, ...times(2, [backup, slow('checkout', 60)])], calls))).toEqual([]);
  });

  it('alerts that begin at the same moment: neither is the source', () => {
    expect(suggestedRules(daily(times(20, [down, slow('checkout', 0)]), calls))).toEqual([]);
  });

  it('an incident of its own that began while the source of another fired', () => {
    const outages = times(40, outage).map((given, n) => given.map(each => onDay(n, each)));
    const queue = { alertname: 'QueueDepth', service: 'checkout' };
    const own = [
      { ...slow('checkout', 700), until: 890 },
      { at: 710, labels: queue },
    ].map(each => onDay(5, each));
    const topology = { nodes: [], edges: calls };
    const history = alertHistory({ incidents: [...outages, own], topology, placeLabels });
    expect(suggestedRules(history).map(({ rule }) => rule.target.service)).toEqual(['web']);
  });
});

it('one rule for a place stands for all places of the kind', () => {
  const at = (service: string): readonly Given[] => [
    { at: 0, until: 900, labels: { alertname: 'AllInstancesDown', service } },
    { at: 45, until: 800, labels: { alertname: 'HighErrorRate', service } },
  ];
  const history = daily([...times(6, at('cart')), ...times(6, at('search'))]);
  expect(suggestedRules(history)).toEqual([
    expect.objectContaining({
      rule: {
        source: { alertname: 'AllInstancesDown' },
        target: { alertname: 'HighErrorRate' },
        equal: ['service'],
      },
      path: [],
    }),
  ]);
});

it('the rule that saves most comes first, whatever the order of the history', () => {
  const often = [down, slow('web', 120), slow('checkout', 60), { ...slow('checkout', 700), until: 890 }];
  const rules = suggestedRules(daily(times(12, often), calls));
  expect(rules.map(({ rule, evidence }) => [rule.target.service, evidence.saved])).toEqual([
    ['checkout', 24],
    ['web', 12],
  ]);
  expect(suggestedRules(daily(times(12, [...often].reverse()), calls))).toEqual(rules);
});
