import type { Dashboard as SchemaDashboard, Panel as SchemaPanel } from '@grafana/schema';
import { describe, expect, it } from 'vitest';
import { fleetDashboards, incidentDashboards } from '../../cli/dashboard-files.ts';
import { writeLayout } from '../../dashboards/layout.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { knownGauges } from '../packs/exporter-names.ts';
import { allPacks, incidentOn } from './fleet.ts';

const packs = allPacks();
const incident = incidentDashboards(packs, [incidentOn('checkout')], {
  url: 'https://foreshock.example',
  has: () => true,
});
const dashboards = [...fleetDashboards(packs), ...incident].map(made => ({
  uid: made.uid ?? '',
  json: JSON.parse(JSON.stringify(made)),
}));

/** Every key that Grafana's own schema has: the compiler refuses one that it does not know, and one that is left out. */
const panelKeys: Readonly<Record<keyof SchemaPanel, true>> = {
  autoMigrateFrom: true,
  cacheTimeout: true,
  datasource: true,
  description: true,
  fieldConfig: true,
  gridPos: true,
  hideTimeOverride: true,
  id: true,
  interval: true,
  libraryPanel: true,
  links: true,
  maxDataPoints: true,
  maxPerRow: true,
  options: true,
  pluginVersion: true,
  queryCachingTTL: true,
  repeat: true,
  repeatDirection: true,
  targets: true,
  timeCompare: true,
  timeFrom: true,
  timeShift: true,
  title: true,
  transformations: true,
  transparent: true,
  type: true,
};
const dashboardKeys: Readonly<Partial<Record<keyof SchemaDashboard, true>>> = {
  annotations: true,
  description: true,
  editable: true,
  fiscalYearStartMonth: true,
  graphTooltip: true,
  id: true,
  links: true,
  liveNow: true,
  panels: true,
  refresh: true,
  schemaVersion: true,
  tags: true,
  templating: true,
  time: true,
  timepicker: true,
  timezone: true,
  title: true,
  uid: true,
  version: true,
  weekStart: true,
};

describe.each(dashboards)('the dashboard $uid', ({ json }) => {
  it('has nothing for the linter to find', () => {
    expect(lintDashboard(json, { gauges: knownGauges() })).toEqual([]);
  });

  it('has only what Grafana`s schema has', () => {
    const strange = [
      ...Object.keys(json).filter(key => !(key in dashboardKeys)),
      ...json.panels
        .filter((panel: { type: string }) => panel.type !== 'row')
        .flatMap((panel: object) => Object.keys(panel).filter(key => !(key in panelKeys))),
    ];
    expect(strange).toEqual([]);
  });
});

it('every pack has a dashboard, and each dashboard a uid that stays', () => {
  expect(dashboards.map(({ uid }) => uid)).toEqual([
    'foreshock-overview',
    ...packs.map(({ pack }) => `foreshock-pack-${pack}`),
    'foreshock-capacity',
    'foreshock-noise',
    'foreshock-health',
    'foreshock-incident-checkout',
  ]);
  const again = [...fleetDashboards(allPacks()), ...incident];
  const first = [...fleetDashboards(packs), ...incident];
  expect(writeLayout(again)).toEqual(writeLayout(first));
});

it('what foreshock counts of logs itself is asked from foreshock', () => {
  const logs = dashboards.find(({ uid }) => uid === 'foreshock-pack-logs');
  const asked = JSON.stringify(
    logs?.json.panels.flatMap((panel: { targets?: unknown[] }) => panel.targets ?? []),
  );
  expect(asked).toContain('foreshock_log_lines');
  expect(asked).not.toContain('$' + '{datasource}');
});
