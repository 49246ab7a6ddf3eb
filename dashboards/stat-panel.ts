import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import { type Placeable, placeOf, type Slot } from './grid.ts';
import { type Asked, datasources } from './sources.ts';
import { plainText } from './text.ts';

/** One number, as it is now. */
export interface StatSpec {
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  readonly expr: string;
  readonly of: Asked;
  /** From which values on it is of another colour, ascending; the first begins below all. */
  readonly steps: readonly { readonly from: number | null; readonly colour: string }[];
  /** What is said when there is nothing. */
  readonly none?: string;
  /** Looks back so far from now, whatever the dashboard shows: on one that reaches beyond now. */
  readonly timeFrom?: string;
}

/** A panel of one number. */
export function statPanel(spec: StatSpec, size: { readonly w: number; readonly h: number }): Placeable {
  return { ...size, make: slot => build(spec, slot) };
}

function build(spec: StatSpec, slot: Slot): Panel {
  const query = new prometheus.DataqueryBuilder()
    .datasource(datasources[spec.of])
    .refId('A')
    .expr(spec.expr)
    .instant();
  const builder = new stat.PanelBuilder()
    .id(slot.id)
    .title(plainText(spec.title))
    .description(plainText(spec.about))
    .datasource(datasources[spec.of])
    .unit(spec.unit)
    .gridPos(placeOf(slot))
    .noValue(spec.none ?? 'none')
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps(spec.steps.map(({ from, colour }) => ({ value: from, color: colour }))),
    )
    .withTarget(query);
  if (spec.timeFrom !== undefined) builder.timeFrom(spec.timeFrom).hideTimeOverride(true);
  return builder.build();
}
