import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type RowPanel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { version } from '../core/version.ts';
import { metricNames } from '../promql/names.ts';
import type { DashboardClass } from './model.ts';
import { datasource } from './panel.ts';
import { plainText } from './text.ts';

/** What is the same on each dashboard of ours. `from` and `to` are Grafana's times (`now-6h`, or ms as text). */
export interface Shell {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly tags: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** A dashboard with the variable for the data source. */
export function dashboardShell(shell: Shell): DashboardBuilder {
  return new DashboardBuilder(plainText(shell.title))
    .uid(shell.uid)
    .description(plainText(`${shell.about} Made by foreshock ${version}.`))
    .tags(['foreshock', ...shell.tags])
    .version(1)
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: shell.from, to: shell.to })
    .annotation(firingAlerts())
    .link(
      new DashboardLinkBuilder('Incidents')
        .type(DashboardLinkType.Dashboards)
        .tags(['foreshock', 'incident'])
        .asDropdown(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
}

/** Marks on every panel when an alert of Prometheus began and ended. */
function firingAlerts(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(datasource)
    .enable(true)
    .iconColor('orange')
    .expr('ALERTS{alertstate="firing",generator!="foreshock"}')
    .titleFormat('{{alertname}}')
    .textFormat('{{service}} {{instance}}')
    .tagKeys('severity')
    .step('60s');
}

/** Puts made panels on it; the builder's own placing would move them. */
export function withPanels(builder: DashboardBuilder, panels: readonly (Panel | RowPanel)[]): Dashboard {
  return { ...builder.build(), panels: [...panels] };
}

/** The heading of a block. */
export function rowPanel(title: string, id: number, y: number): RowPanel {
  return new RowBuilder(plainText(title)).id(id).gridPos({ x: 0, y, w: 24, h: 1 }).build();
}

/** The dashboard variable of an entity label. */
export function variableName(label: string): string {
  return label === 'datasource' ? 'entity_datasource' : label;
}

/** One variable a label, over the values of the first metric of the first class that has it; they narrow each other down. */
export function entityVariables(classes: readonly DashboardClass[]): QueryVariableBuilder[] {
  const made = new Map<string, QueryVariableBuilder>();
  for (const one of classes) {
    const metric = one.queries.flatMap(query => metricNames(parseable(query)))[0];
    if (metric === undefined) continue;
    const before: string[] = [];
    for (const label of one.entityLabels) {
      const name = variableName(label);
      const narrowed = before.length === 0 ? '' : `{${before.join(',')}}`;
      before.push(`${label}=~"$${name}"`);
      if (!made.has(name))
        made.set(name, entityVariable(name, `label_values(${metric}${narrowed}, ${label})`));
    }
  }
  return [...made.values()];
}

const parseable = (query: string) => query.replaceAll(/\$(?:__)?rate_interval\b/g, '1m');

function entityVariable(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(name)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

/** Matchers on the entity variables of a class. */
export function variableMatchers(one: DashboardClass): string {
  return one.entityLabels.map(label => `${label}=~"$${variableName(label)}"`).join(',');
}
