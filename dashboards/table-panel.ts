import * as common from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as table from '@grafana/grafana-foundation-sdk/table';
import { type Placeable, placeOf, type Slot } from './grid.ts';
import { refIdOf } from './series-panel.ts';
import { type Asked, datasourceOf, datasources } from './sources.ts';
import { plainText } from './text.ts';

/** A column of values; the columns before it are the labels of what was asked. */
export interface TableColumn {
  readonly expr: string;
  readonly of: Asked;
  readonly title: string;
  readonly unit: string;
}

/** A row a label set, as it is now. */
export interface TableSpec {
  readonly title: string;
  readonly about: string;
  readonly columns: readonly TableColumn[];
  /** Title of the column by which rows are sorted. */
  readonly sortBy: { readonly title: string; readonly descending: boolean };
  /** Labels that need no column. */
  readonly hidden?: readonly string[];
  readonly none: string;
  /** Looks back so far from now, whatever the dashboard shows: on one that reaches beyond now. */
  readonly timeFrom?: string;
}

/** A panel with a table; queries of several columns are merged by their labels. */
export function tablePanel(spec: TableSpec, size: { readonly w: number; readonly h: number }): Placeable {
  return { ...size, make: slot => build(spec, slot) };
}

function build(spec: TableSpec, slot: Slot): Panel {
  const { columns, sortBy, hidden = [] } = spec;
  const field = (k: number) => (columns.length === 1 ? 'Value' : `Value #${refIdOf(k)}`);
  const sort = new common.TableSortByFieldStateBuilder().displayName(sortBy.title).desc(sortBy.descending);
  const builder = new table.PanelBuilder()
    .id(slot.id)
    .title(plainText(spec.title))
    .description(plainText(spec.about))
    .datasource(datasourceOf(columns.map(({ of }) => of)))
    .unit(columns[0]?.unit ?? 'short')
    .gridPos(placeOf(slot))
    .noValue(spec.none)
    .sortBy([sort])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', '__name__', ...hidden].map(name => [name, true])),
        renameByName: Object.fromEntries(columns.map(({ title }, k) => [field(k), title])),
      },
    });
  if (spec.timeFrom !== undefined) builder.timeFrom(spec.timeFrom).hideTimeOverride(true);
  for (const [k, { expr, of, title, unit }] of columns.entries())
    builder
      .withTarget(
        new prometheus.DataqueryBuilder()
          .datasource(datasources[of])
          .refId(refIdOf(k))
          .expr(expr)
          .instant()
          .format(prometheus.PromQueryFormat.Table),
      )
      .overrideByName(title, [{ id: 'unit', value: unit }]);
  return builder.build();
}
