import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardClass, DashboardPack } from './model.ts';
import { blockHeight, grafanaQuery, signalPanel, slotAt } from './panel.ts';
import { dashboardShell, entityVariables, rowPanel, variableMatchers, withPanels } from './shell.ts';
import { uidOf } from './text.ts';

/** The uid of a pack's dashboard. */
export function packUid(pack: string): string {
  return uidOf('foreshock', 'pack', pack);
}

/** A dashboard for one technology: a row a class, a panel a signal. Throws a PromqlError for a query that cannot be read. */
export function packDashboard(pack: DashboardPack): Dashboard {
  const builder = dashboardShell({
    uid: packUid(pack.pack),
    title: `${pack.title} (foreshock)`,
    about: pack.about,
    tags: [pack.pack],
    from: 'now-6h',
    to: 'now',
  });
  for (const variable of entityVariables(pack.classes)) builder.withVariable(variable);
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const one of pack.classes) {
    panels.push(rowPanel(one.name, panels.length + 1, y));
    const made = classPanels(one, { top: y + 1, firstId: panels.length + 1 });
    panels.push(...made);
    y += 1 + blockHeight(made.length);
  }
  return withPanels(builder, panels);
}

function classPanels(one: DashboardClass, at: { readonly top: number; readonly firstId: number }): Panel[] {
  return one.signals.map((signal, k) => {
    const expr = grafanaQuery(one.queries[k] ?? signal.query, variableMatchers(one));
    const title = `${one.name}: ${signal.name.replaceAll('_', ' ')}`;
    return signalPanel(
      { title, signal, expr, entityLabels: one.entityLabels },
      slotAt(k, at.top, at.firstId + k),
    );
  });
}
