import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { arrange, type BoardRow, type Placeable } from './grid.ts';
import { type Ask, type SeriesSpec, seriesPanel } from './series-panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { type StatSpec, statPanel } from './stat-panel.ts';
import { uidOf } from './text.ts';
import { labelVariable } from './variables.ts';

/** Every selector of what foreshock says of itself carries this. */
export const self = 'instance=~"$instance"';

/** A query of foreshock's own metrics; its line is named by the legend. */
export function ask(expr: string, legend: string, look?: Ask['look']): Ask {
  return { of: 'metrics', expr, legend, ...(look === undefined ? {} : { look }) };
}

/** Series of foreshock's own metrics, three side by side. */
export function series(spec: SeriesSpec): Placeable {
  return seriesPanel(spec, { w: 8, h: 8 });
}

/** One number of foreshock's own metrics, four side by side. */
export function figure(spec: Omit<StatSpec, 'of'>): Placeable {
  return statPanel({ ...spec, of: 'metrics' }, { w: 6, h: 4 });
}

/** A dashboard over what foreshock says of itself at `/metrics`. */
export function ownDashboard(
  head: { readonly name: string; readonly title: string; readonly about: string },
  rows: readonly BoardRow[],
): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', head.name),
    title: `${head.title} (foreshock)`,
    about: head.about,
    tags: [head.name],
    from: 'now-24h',
    to: 'now',
  })
    .link(
      new DashboardLinkBuilder('Overview')
        .type(DashboardLinkType.Link)
        .url(`/d/${uidOf('foreshock', 'overview')}`)
        .keepTime(true),
    )
    .withVariable(labelVariable('instance', 'label_values(foreshock_build_info, instance)', 'metrics'));
  return withPanels(builder, arrange(rows));
}
