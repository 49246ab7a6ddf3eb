import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createIncidentStore } from '../../cli/incident-store.ts';
import type { Alert } from '../../core/alert.ts';
import type { Incident } from '../../core/incident.ts';
import { openStore } from '../../store/sqlite.ts';
import { type Given, onDay } from '../rules/history.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const odd = 'orders "main" db: it\'s #1';
const outage: readonly Given[] = [
  { at: 0, until: 900, labels: { alertname: 'PostgresDown', service: odd, severity: 'critical' } },
  { at: 20, until: 800, labels: { alertname: 'HighLatency', service: 'checkout', severity: 'warning' } },
];
const history = (days: number) =>
  Array.from({ length: days }, (_, n) => outage.map(given => onDay(n, given)));
const topology = JSON.stringify({ nodes: [], edges: [{ from: 'checkout', to: odd }] });
const line = ({ labels, startsAt, endsAt }: Alert) =>
  JSON.stringify({ labels, startsAt: startsAt / 1000, endsAt: endsAt! / 1000 });

function suggest(days: number, beside: readonly Alert[] = []) {
  const alerts = temporaryFile('a.jsonl', [...history(days).flat(), ...beside].map(line).join('\n'));
  const graph = temporaryFile('t.json', topology);
  return foreshock(['rules', 'suggest', '--alerts', alerts, '--topology', graph]);
}

const expected = {
  inhibit_rules: [
    {
      source_matchers: ['alertname="PostgresDown"', 'service="orders \\"main\\" db: it\'s #1"'],
      target_matchers: ['alertname="HighLatency"', 'service="checkout"'],
    },
  ],
};

describe('rules suggest', () => {
  it('writes rules with their evidence from a file of alerts', () => {
    const { code, stdout, stderr } = suggest(14);
    expect(stderr).toBe('1 inhibit rule and no group_by from 14 incidents\n');
    expect(code).toBe(0);
    expect(parse(stdout)).toEqual(expected);
    expect(stdout).toContain(
      'before the target in 14 of 14 incidents with the source (at least 83.8 %), 20 s before it in the median',
    );
    expect(stdout).toContain('without the source in 0 of 14 incidents with the target (at most 16.2 %)');
    expect(stdout).toContain(`the target calls the source: checkout -> ${odd}`);
    expect(stdout).toContain('14 notifications saved, 0 incidents hidden');
    expect(suggest(14).stdout).toBe(stdout);
  });

  it('says so when there is too little history', () => {
    const { code, stdout } = suggest(3);
    expect(code).toBe(0);
    expect(stdout).toBe('# Nothing to suggest: too little history (3 incidents, 6 alerts).\n');
  });

  it('reads the incidents of the store and the topology of the config', () => {
    const storage = temporaryFolder();
    const store = openStore(storage);
    createIncidentStore(store.values('incidents')).keep(history(14).map(stored));
    store.close();
    const graph = temporaryFile('t.json', topology);
    const config = [
      'prometheus: {url: http://127.0.0.1:9}',
      'packs: [node]',
      `storage: {path: ${storage}}`,
      `topology: {metrics: [], files: [${graph}]}`,
    ];
    const file = temporaryFile('f.yaml', `${config.join('\n')}\n`);
    const { code, stdout, stderr } = foreshock(['rules', 'suggest', '--config', file]);
    expect(stderr).toBe('1 inhibit rule and no group_by from 14 incidents\n');
    expect(code).toBe(0);
    expect(parse(stdout)).toEqual(expected);
  });

  it('wants one history', () => {
    const { code, stderr } = foreshock(['rules', 'suggest']);
    expect(code).toBe(2);
    expect(stderr).toContain('--config or from --alerts');
  });
});

function stored(alerts: readonly Alert[], n: number): Incident {
  return {
    id: `incident-${n}`,
    startsAt: alerts[0]!.startsAt,
    endsAt: alerts[0]!.endsAt,
    members: alerts.map(alert => ({ alert, reason: 'it is near' })),
    suspects: [],
    escalation: undefined,
    timeline: [],
    notifications: [],
  };
}

const amtool = spawnSync('amtool', ['--version']).status === 0;

it.skipIf(!amtool)('Alertmanager takes what is suggested (skipped where amtool is not installed)', () => {
  const full = { at: 300, labels: { alertname: 'DiskFull', service: 'billing', severity: 'warning' } };
  const { route, ...rules } = parse(
    suggest(
      14,
      Array.from({ length: 14 }, (_, n) => onDay(n, full)),
    ).stdout,
  );
  expect(route).toEqual({ group_by: [expect.any(String)] });
  const receivers = [{ name: 'nobody' }];
  const whole = { route: { receiver: 'nobody', ...route }, receivers, ...rules };
  const file = temporaryFile('alertmanager.yml', JSON.stringify(whole));
  const { status, stdout } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
  expect(stdout).toContain('1 inhibit rules');
  expect(status).toBe(0);
});
