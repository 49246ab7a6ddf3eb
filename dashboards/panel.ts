import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { SignalSpec } from '../core/pack.ts';
import { addMatchers } from '../promql/matchers.ts';
import { plainText } from './text.ts';
import { usualRange } from './usual.ts';

/** The data source of every panel: the variable that the reader picks. */
export const datasource = { type: 'prometheus', uid: `\${datasource}` } as const;

/** Where a panel stands; Grafana's grid is 24 wide. */
export interface Slot {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

export const panelWidth = 12;
export const panelHeight = 8;

/** The slot of the k-th panel of a block of two columns that begins at row `top`. */
export function slotAt(k: number, top: number, id: number): Slot {
  return { id, x: (k % 2) * panelWidth, y: top + Math.floor(k / 2) * panelHeight };
}

/** Rows of the grid that `count` panels in two columns take. */
export function blockHeight(count: number): number {
  return Math.ceil(count / 2) * panelHeight;
}

/** No duration that anybody writes: stands for Grafana's variable while the query is parsed. */
const placeholder = '987654321s';

/** A query for Grafana: its windows are `$__rate_interval`, and every selector carries `matchers`. */
export function grafanaQuery(query: string, matchers: string): string {
  const parsed = query.replaceAll(/\$(?:__)?rate_interval\b/g, placeholder);
  return addMatchers(parsed, matchers).replaceAll(placeholder, '$__rate_interval');
}

/** What one panel shows. */
export interface SignalPanel {
  readonly title: string;
  readonly signal: SignalSpec;
  readonly expr: string;
  readonly entityLabels: readonly string[];
  /** Draws the range of the hour before this time, ms. */
  readonly usualBefore?: number;
}

/** One signal over time. */
export function signalPanel(shown: SignalPanel, slot: Slot): Panel {
  const { signal, expr, entityLabels } = shown;
  const legend = entityLabels.map(label => `{{${label}}}`).join(' ');
  const usual = shown.usualBefore === undefined ? undefined : usualRange(expr, shown.usualBefore);
  const builder = new timeseries.PanelBuilder()
    .id(slot.id)
    .title(plainText(shown.title))
    .description(plainText(describe(signal)))
    .datasource(datasource)
    .unit(signal.unit)
    .gridPos({ x: slot.x, y: slot.y, w: panelWidth, h: panelHeight })
    .fillOpacity(8)
    .axisSoftMin(0)
    .spanNulls(false)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([signal.bad === 'low' ? 'min' : 'max', 'lastNotNull']),
    )
    .withTarget(target('A', expr, legend === '' ? '__auto' : legend));
  if (usual !== undefined)
    builder
      .withTarget(target('B', usual.low.expr, usual.low.legend))
      .withTarget(target('C', usual.high.expr, usual.high.legend))
      .overrides([...usual.overrides]);
  const limit = limitOf(signal);
  if (limit !== undefined) drawLimit(builder, limit);
  return builder.build();
}

function target(refId: string, expr: string, legend: string): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .datasource(datasource)
    .refId(refId)
    .expr(expr)
    .range()
    .legendFormat(legend);
}

/** Where a share of something finite is nearly used up; other signals have no limit that holds everywhere. */
function limitOf({ kind, unit, bad }: SignalSpec): number | undefined {
  const finite = unit === 'percentunit' && bad === 'high' && (kind === 'saturation' || kind === 'memory');
  return finite ? 0.9 : undefined;
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

function describe(signal: SignalSpec): string {
  const bad = { high: 'high values are bad', low: 'low values are bad', both: 'both directions matter' }[
    signal.bad
  ];
  return `${signal.about === '' ? `${signal.name} (${signal.kind.replaceAll('_', ' ')})` : signal.about} - ${bad}.`;
}
