import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { fleetDashboards } from '../../cli/dashboard-files.ts';
import { resolvePack } from '../../config/resolve.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { missingCommands, temporaryFolder } from '../integration/loopback-server.ts';
import { systems } from '../reference/pack-systems.ts';
import { namedKinds, packsWith, readPacks } from '../reference/packs.ts';
import { knownGauges } from './exporter-names.ts';

const packs = readPacks();
const gauges = knownGauges();
const resolved = packs.map(pack =>
  resolvePack(pack, { match: '', params: {}, step: 15_000, scrapeInterval: 15_000 }),
);

it.each(namedKinds)('the kind %s is in at least three packs', kind => {
  expect(packsWith(packs, kind).length).toBeGreaterThanOrEqual(3);
});

it.each(resolved)('the dashboard of the pack $pack has no finding', pack => {
  const findings = fleetDashboards([pack]).flatMap(dashboard => lintDashboard(dashboard, { gauges }));
  expect(findings).toEqual([]);
});

test('the overview of all packs has no finding', () => {
  expect(fleetDashboards(resolved).flatMap(dashboard => lintDashboard(dashboard, { gauges }))).toEqual([]);
});

it.each(systems)('packs watch %s', (_, names) => {
  const known = new Set(packs.map(({ pack }) => pack));
  expect(names.filter(name => !known.has(name))).toEqual([]);
});

it('no two packs have an alert of one name', () => {
  const names = packs.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
});

/** A file of rules that Prometheus' own parser reads: the alerts of all packs, and each signal as if it were recorded. */
function ruleGroups() {
  const alerts = resolved.map(({ pack, alerts }) => ({
    name: pack,
    rules: alerts.map(({ alert, expr, for: pending, severity, summary }) => ({
      alert,
      expr,
      for: pending,
      labels: { severity },
      annotations: { summary },
    })),
  }));
  const signals = resolved.flatMap(({ classes }) =>
    classes.map(({ class: { name, signals: specs }, queries }) => ({
      name: `signals of ${name}`,
      rules: specs.map((spec, k) => ({ record: `${name.replace('/', ':')}:${spec.name}`, expr: queries[k] })),
    })),
  );
  return [...alerts, ...signals].filter(({ rules }) => rules.length > 0);
}

it.skipIf(missingCommands('promtool').length > 0)('promtool finds nothing in alerts and signals', () => {
  const dir = temporaryFolder('pack-rules');
  const file = path.join(dir, 'packs.yml');
  writeFileSync(file, stringify({ groups: ruleGroups() }));
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
});
