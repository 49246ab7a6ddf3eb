import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { anomalyMarks } from './expected.ts';
import { arrange, type BoardRow, type Placeable, widthsFor } from './grid.ts';
import type { DashboardPack, DashboardResource } from './model.ts';
import { grafanaQuery, panelHeight, signalPanel } from './panel.ts';
import { rowsOf, type SignalRow } from './rows.ts';
import { seriesPanel } from './series-panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { uidOf } from './text.ts';
import { entityVariables, variableMatchers } from './variables.ts';

/** The uid of a pack's dashboard. */
export function packUid(pack: string): string {
  return uidOf('foreshock', 'pack', pack);
}

/**
 * A dashboard for one technology: its rows, a panel a signal with the range that is expected, and what may run out.
 * Throws a PromqlError for a query that cannot be read.
 */
export function packDashboard(pack: DashboardPack): Dashboard {
  const builder = dashboardShell({
    uid: packUid(pack.pack),
    title: `${pack.title} (foreshock)`,
    about: pack.about,
    tags: [pack.pack],
    from: 'now-6h',
    to: 'now',
  }).link(
    new DashboardLinkBuilder('Overview')
      .type(DashboardLinkType.Link)
      .url(`/d/${uidOf('foreshock', 'overview')}`)
      .keepTime(true),
  );
  for (const variable of entityVariables(pack.classes)) builder.withVariable(variable);
  const rows = rowsOf(pack);
  const panels = arrange([...rows.map(boardRow), limitsRow(pack)]);
  const ids = idsByClass(
    rows,
    panels.filter(({ type }) => type !== 'row').map(({ id }) => id!),
  );
  for (const one of pack.classes)
    builder.annotation(
      anomalyMarks(one, { matchers: variableMatchers(one), panels: ids.get(one.name) ?? [] }),
    );
  return withPanels(builder, panels);
}

function boardRow({ title, shown }: SignalRow): BoardRow {
  const widths = widthsFor(shown.length);
  const panels = shown.map(({ one, k }, n) =>
    signalPanel({
      title: one.signals[k]!.name.replaceAll('_', ' '),
      one,
      k,
      matchers: variableMatchers(one),
      width: widths[n]!,
    }),
  );
  return { title, panels };
}

/** The panels of each class: they stand in the order of the rows. */
function idsByClass(rows: readonly SignalRow[], ids: readonly number[]): Map<string, number[]> {
  const out = new Map<string, number[]>();
  for (const [k, { one }] of rows.flatMap(({ shown }) => shown).entries())
    out.set(one.name, [...(out.get(one.name) ?? []), ids[k]!]);
  return out;
}

function limitsRow(pack: DashboardPack): BoardRow {
  const widths = widthsFor(pack.capacity.length);
  return {
    title: 'What may run out',
    panels: pack.capacity.map((resource, n) => limitPanel(pack, resource, widths[n]!)),
  };
}

function limitPanel(pack: DashboardPack, resource: DashboardResource, width: number): Placeable {
  const one = pack.classes.find(({ name }) => name === resource.class);
  const matchers = one === undefined ? '' : variableMatchers(one);
  const legend = one === undefined ? '' : one.entityLabels.map(label => `{{${label}}}`).join(' ');
  const of = one?.of ?? 'metrics';
  return seriesPanel(
    {
      title: `${resource.resource}: used, and how much there is`,
      about: `${resource.about} Dashed: the limit. The dashboard of capacity tells when it is reached.`,
      unit: resource.unit,
      asks: [
        { of, expr: grafanaQuery(resource.used, matchers), legend },
        { of, expr: grafanaQuery(resource.limit, matchers), legend: `limit ${legend}`, look: 'limit' },
      ],
    },
    { w: width, h: panelHeight },
  );
}
