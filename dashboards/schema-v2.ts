import {
  type AnnotationQueryKind,
  DashboardApiVersion,
  DashboardCursorSync,
  DashboardKind,
  type DashboardLink,
  type Dashboard as DashboardSpec,
  defaultTimeSettingsSpec,
} from '@grafana/grafana-foundation-sdk/dashboardv2beta1';
import { type AnnotationV1, type DashboardV1, readV1 } from './schema-v1.ts';
import { allPanels, dataQuery, elementName, layoutOf, panelElement } from './schema-v2-panel.ts';
import { variableKind } from './schema-v2-variable.ts';

/** A dashboard as a resource of Grafana's `/apis`; its uid is the name. */
export interface DashboardResource {
  readonly apiVersion: typeof DashboardApiVersion;
  readonly kind: typeof DashboardKind;
  readonly metadata: { readonly name: string };
  readonly spec: DashboardSpec;
}

const cursorSyncs = [
  DashboardCursorSync.Off,
  DashboardCursorSync.Crosshair,
  DashboardCursorSync.Tooltip,
] as const;

/** What Prometheus is asked for marks: the formats of their words stay where Grafana reads them from. */
function queryOf({ datasource, target, expr, step }: AnnotationV1) {
  if (expr === undefined) return dataQuery(datasource, target ?? {});
  return dataQuery(datasource, {
    ...target,
    refId: 'Anno',
    expr,
    ...(step === undefined ? {} : { interval: step }),
  });
}

function annotationKind(annotation: AnnotationV1): AnnotationQueryKind {
  const { name, enable, hide, iconColor, builtIn, placement, filter } = annotation;
  const { titleFormat, textFormat, tagKeys } = annotation;
  const words = Object.entries({ titleFormat, textFormat, tagKeys }).filter(([, text]) => text !== undefined);
  return {
    kind: 'AnnotationQuery',
    spec: {
      ...{ name, enable, hide, iconColor },
      builtIn: builtIn !== 0,
      query: queryOf(annotation),
      ...(placement === undefined ? {} : { placement }),
      ...(filter === undefined ? {} : { filter }),
      ...(words.length === 0 ? {} : { legacyOptions: Object.fromEntries(words) }),
    },
  };
}

function linkOf({ url, placement, ...link }: DashboardV1['links'][number]): DashboardLink {
  return {
    ...link,
    ...(url === undefined ? {} : { url }),
    ...(placement === undefined ? {} : { placement }),
  };
}

/**
 * A dashboard in Grafana's v1 JSON as a resource of the schema v2 (https://grafana.com/docs/grafana/latest/as-code/observability-as-code/schema-v2/),
 * with everything that it has: panels as elements, rows as layout. Throws a ZodError for a setting that it does not know.
 */
export function toSchemaV2(json: unknown): DashboardResource {
  const read = readV1(json);
  const { uid, title, description, tags, editable, timezone, time, fiscalYearStartMonth } = read;
  return {
    apiVersion: DashboardApiVersion,
    kind: DashboardKind,
    metadata: { name: uid },
    spec: {
      ...{ title, description, tags, editable, preload: false },
      cursorSync: cursorSyncs[read.graphTooltip] ?? DashboardCursorSync.Off,
      timeSettings: { ...defaultTimeSettingsSpec(), ...time, timezone, fiscalYearStartMonth },
      variables: read.templating.list.map(variableKind),
      annotations: read.annotations.list.map(annotationKind),
      links: read.links.map(linkOf),
      elements: Object.fromEntries(
        allPanels(read.panels).map(panel => [elementName(panel), panelElement(panel)]),
      ),
      layout: layoutOf(read.panels),
    },
  };
}
