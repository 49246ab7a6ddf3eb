import type {
  DataQueryKind,
  FieldConfig,
  GridLayoutItemKind,
  GridLayoutKind,
  PanelKind,
  QueryOptionsSpec,
  RowsLayoutKind,
  RowsLayoutRowKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2beta1';
import { isRow, type PanelV1, type RowV1 } from './schema-v1.ts';

type Source = { readonly type: string; readonly uid: string };

/** A query as its data source understands it; `version` is that of the kind, the only one there is. */
export function dataQuery({ type, uid }: Source, spec: Readonly<Record<string, unknown>>): DataQueryKind {
  return { kind: 'DataQuery', group: type, version: 'v0', datasource: { name: uid }, spec };
}

/** By which name the layout knows a panel. */
export function elementName({ id }: Pick<PanelV1, 'id'>): string {
  return `panel-${id}`;
}

function fieldsOf({ unit, noValue, min, max, thresholds, custom }: PanelV1['fieldConfig']['defaults']) {
  const out: FieldConfig = {};
  if (unit !== undefined) out.unit = unit;
  if (noValue !== undefined) out.noValue = noValue;
  if (min !== undefined) out.min = min;
  if (max !== undefined) out.max = max;
  if (thresholds !== undefined) out.thresholds = thresholds;
  if (custom !== undefined) out.custom = custom;
  return out;
}

function queryOptionsOf({ timeFrom, hideTimeOverride }: PanelV1): QueryOptionsSpec {
  return {
    ...(timeFrom === undefined ? {} : { timeFrom }),
    ...(hideTimeOverride === undefined ? {} : { hideTimeOverride }),
  };
}

/** A panel without its place. */
export function panelElement(panel: PanelV1): PanelKind {
  const { id, title, description, transparent, targets, transformations, type, options } = panel;
  const queries = targets.map(({ refId, hide, datasource, ...query }) => ({
    kind: 'PanelQuery' as const,
    spec: { refId, hidden: hide, query: dataQuery(datasource, query) },
  }));
  const { defaults, overrides } = panel.fieldConfig;
  return {
    kind: 'Panel',
    spec: {
      id,
      title,
      ...(description === undefined ? {} : { description }),
      transparent,
      links: [],
      data: {
        kind: 'QueryGroup',
        spec: {
          queries,
          transformations: transformations.map(one => ({ kind: one.id, spec: one })),
          queryOptions: queryOptionsOf(panel),
        },
      },
      vizConfig: {
        kind: 'VizConfig',
        group: type,
        version: '',
        spec: { options: options ?? {}, fieldConfig: { defaults: fieldsOf(defaults), overrides } },
      },
    },
  };
}

function item(panel: PanelV1, top: number): GridLayoutItemKind {
  const { x, y, w, h } = panel.gridPos;
  return {
    kind: 'GridLayoutItem',
    spec: {
      x,
      y: y - top,
      width: w,
      height: h,
      element: { kind: 'ElementReference', name: elementName(panel) },
    },
  };
}

function grid(panels: readonly PanelV1[], top: number): GridLayoutKind {
  return { kind: 'GridLayout', spec: { items: panels.map(panel => item(panel, top)) } };
}

function rowOf(row: RowV1 | undefined, panels: readonly PanelV1[]): RowsLayoutRowKind {
  if (row === undefined)
    return { kind: 'RowsLayoutRow', spec: { title: '', hideHeader: true, layout: grid(panels, 0) } };
  const { title, collapsed, gridPos } = row;
  const layout = grid(panels, gridPos.y + gridPos.h);
  return { kind: 'RowsLayoutRow', spec: { title, collapse: collapsed, layout } };
}

/** Panels in the order of the dashboard, those that a collapsed row holds in its place. */
export function allPanels(panels: readonly (PanelV1 | RowV1)[]): readonly PanelV1[] {
  return panels.flatMap(one => (isRow(one) ? one.panels : [one]));
}

/** Where the panels stand: on one grid, or on a grid for each row, counted from the row down. */
export function layoutOf(panels: readonly (PanelV1 | RowV1)[]): GridLayoutKind | RowsLayoutKind {
  if (!panels.some(isRow)) return grid(allPanels(panels), 0);
  const rows: { row: RowV1 | undefined; panels: PanelV1[] }[] = [{ row: undefined, panels: [] }];
  for (const one of panels)
    if (isRow(one)) rows.push({ row: one, panels: [...one.panels] });
    else rows.at(-1)!.panels.push(one);
  const shown = rows.filter(({ row, panels: own }) => row !== undefined || own.length > 0);
  return {
    kind: 'RowsLayout',
    spec: { rows: shown.map(({ row, panels: own }) => rowOf(row, own)) },
  };
}
