import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { version } from '../core/version.ts';
import { datasources, grafanaDatasource, sourceVariables } from './sources.ts';
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

/** A dashboard with the variables for the data sources. */
export function dashboardShell(shell: Shell): DashboardBuilder {
  const builder = new DashboardBuilder(plainText(shell.title))
    .uid(shell.uid)
    .description(plainText(`${shell.about} Made by foreshock ${version}.`))
    .tags(['foreshock', ...shell.tags])
    .version(1)
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: shell.from, to: shell.to })
    .annotation(firingAlerts())
    .annotation(ownMarks())
    .link(
      new DashboardLinkBuilder('Incidents')
        .type(DashboardLinkType.Dashboards)
        .tags(['foreshock', 'incident'])
        .asDropdown(true),
    );
  for (const variable of sourceVariables()) builder.withVariable(variable);
  return builder;
}

/** Marks on every panel when an alert of Prometheus began and ended. */
function firingAlerts(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(datasources.metrics)
    .enable(true)
    .iconColor('orange')
    .expr('ALERTS{alertstate="firing",generator!="foreshock"}')
    .titleFormat('{{alertname}}')
    .textFormat('{{service}} {{instance}}')
    .tagKeys('severity')
    .step('60s');
}

/** What is asked of Grafana itself: annotations that carry all the tags. */
const ofTag = {
  limit: 100,
  matchAny: false,
  tags: ['foreshock'],
  type: 'tags',
  _implementsDataqueryVariant: () => undefined,
};

/** The incidents, anomalies and changes that foreshock brought to Grafana as annotations. */
function ownMarks(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('foreshock')
    .datasource(grafanaDatasource)
    .enable(true)
    .iconColor('purple')
    .target({ build: () => ofTag });
}

/** Puts made panels on it; the builder's own placing would move them. */
export function withPanels(builder: DashboardBuilder, panels: readonly (Panel | RowPanel)[]): Dashboard {
  return { ...builder.build(), panels: [...panels] };
}
