import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardClass, DashboardPack } from './model.ts';
import { blockHeight, grafanaQuery, type Slot, signalPanel, slotAt } from './panel.ts';
import { dashboardShell, entityVariables, rowPanel, variableMatchers, withPanels } from './shell.ts';
import { uidOf } from './text.ts';

/** The uid of a pack's dashboard. */
export function packUid(pack: string): string {
  return uidOf('foreshock', 'pack', pack);
}

/** A dashboard for one technology: its rows, a panel a signal. Throws a PromqlError for a query that cannot be read. */
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
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, shown } of rowsOf(pack)) {
    panels.push(rowPanel(title, panels.length + 1, y));
    const first = panels.length + 1;
    panels.push(...shown.map((one, k) => onePanel(one, slotAt(k, y + 1, first + k))));
    y += 1 + blockHeight(shown.length);
  }
  return withPanels(builder, panels);
}

interface Shown {
  readonly one: DashboardClass;
  readonly k: number;
}

interface Row {
  readonly title: string;
  readonly shown: readonly Shown[];
}

/** The rows that the pack declares, then a row a class of what stands in none of them. */
function rowsOf({ classes, rows = [] }: DashboardPack): Row[] {
  const all = classes.flatMap(one => one.signals.map((_, k) => ({ one, k })));
  const nameOf = ({ one, k }: Shown) => one.signals[k]!.name;
  const placed = new Set(rows.flatMap(row => row.signals));
  const declared = rows.map(({ title, signals }) => ({
    title,
    shown: signals.flatMap(name => all.filter(each => nameOf(each) === name)),
  }));
  const rest = classes.map(one => ({
    title: titleOf(one),
    shown: all.filter(each => each.one === one && !placed.has(nameOf(each))),
  }));
  return [...declared, ...rest].filter(row => row.shown.length > 0);
}

/** A class as a heading: its name without the pack, and by which labels it tells its entities apart. */
function titleOf({ name, entityLabels }: DashboardClass): string {
  return `${name.replace(/^.*\//, '').replaceAll('_', ' ')}, by ${entityLabels.join(' and ')}`;
}

function onePanel({ one, k }: Shown, slot: Slot): Panel {
  const signal = one.signals[k]!;
  const expr = grafanaQuery(one.queries[k] ?? signal.query, variableMatchers(one));
  const title = signal.name.replaceAll('_', ' ');
  return signalPanel({ title, signal, expr, entityLabels: one.entityLabels }, slot);
}
