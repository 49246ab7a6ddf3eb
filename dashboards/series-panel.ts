import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  type MatcherConfig,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { type Placeable, placeOf, type Slot } from './grid.ts';
import { type Asked, datasourceOf, datasources } from './sources.ts';
import { plainText } from './text.ts';

/** One query of a panel. `legend` is Grafana's format. */
export interface Ask {
  readonly expr: string;
  readonly legend: string;
  readonly of: Asked;
  /** The line whose name is this legend's is not a plain one. */
  readonly look?: Look;
}

/** How a line differs from a plain one. A band is two lines, its lower end first. */
export type Look =
  | 'limit'
  | 'forecast'
  | 'faint'
  | 'low'
  | { readonly bandAbove: string; readonly colour: string };

/** Series over time. */
export interface SeriesSpec {
  readonly title: string;
  /** What normal looks like, and what to do. */
  readonly about: string;
  readonly unit: string;
  readonly asks: readonly Ask[];
  /** Values of each line that the legend tells. */
  readonly calcs?: readonly string[];
  /** A dashed line; what is above it is red. */
  readonly limit?: number;
  readonly min?: number;
  readonly max?: number;
}

type Override = { readonly matcher: MatcherConfig; readonly properties: DynamicConfigValue[] };

/** The refId of the k-th query. */
export function refIdOf(k: number): string {
  return String.fromCharCode(65 + k);
}

/** A panel of series over time. */
export function seriesPanel(spec: SeriesSpec, size: { readonly w: number; readonly h: number }): Placeable {
  return { ...size, make: slot => build(spec, slot) };
}

function build(spec: SeriesSpec, slot: Slot): Panel {
  const { calcs = ['lastNotNull', 'max'] } = spec;
  const builder = new timeseries.PanelBuilder()
    .id(slot.id)
    .title(plainText(spec.title))
    .description(plainText(spec.about))
    .datasource(datasourceOf(spec.asks.map(({ of }) => of)))
    .unit(spec.unit)
    .gridPos(placeOf(slot))
    .fillOpacity(0)
    .axisSoftMin(0)
    .spanNulls(false)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([...calcs]),
    )
    .overrides(spec.asks.flatMap(overrideOf));
  for (const [k, ask] of spec.asks.entries()) builder.withTarget(rangeTarget(refIdOf(k), ask));
  if (spec.limit !== undefined) drawLimit(builder, spec.limit);
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  return builder.build();
}

function rangeTarget(refId: string, { of, expr, legend }: Ask): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .datasource(datasources[of])
    .refId(refId)
    .expr(expr)
    .range()
    .legendFormat(legend === '' ? '__auto' : legend);
}

function drawLimit(builder: timeseries.PanelBuilder, limit: number): void {
  builder
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: 'green' },
        { value: limit, color: 'red' },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

const fixed = (colour: string): DynamicConfigValue => ({
  id: 'color',
  value: { mode: 'fixed', fixedColor: colour },
});
const width = (value: number): DynamicConfigValue => ({ id: 'custom.lineWidth', value });
const dashed: DynamicConfigValue = { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } };
const unnamed: DynamicConfigValue = {
  id: 'custom.hideFrom',
  value: { legend: true, tooltip: false, viz: false },
};

const looks = {
  limit: [width(2), fixed('red'), dashed],
  forecast: [width(2), fixed('purple'), dashed],
  faint: [width(1), fixed('gray'), dashed],
  low: [width(0), fixed('gray'), unnamed],
} as const satisfies Readonly<Record<string, readonly DynamicConfigValue[]>>;

function overrideOf({ look }: Ask, k: number): Override[] {
  if (look === undefined) return [];
  const matcher = { id: 'byFrameRefID', options: refIdOf(k) };
  if (typeof look === 'string') return [{ matcher, properties: [...looks[look]] }];
  return [
    {
      matcher,
      properties: [
        width(0),
        fixed(look.colour),
        { id: 'custom.fillOpacity', value: 15 },
        { id: 'custom.fillBelowTo', value: look.bandAbove },
      ],
    },
  ];
}
