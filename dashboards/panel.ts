import type { SignalSpec } from '../core/pack.ts';
import { addMatchers } from '../promql/matchers.ts';
import { expectedBand } from './expected.ts';
import type { Placeable } from './grid.ts';
import type { DashboardClass } from './model.ts';
import { type Ask, seriesPanel } from './series-panel.ts';
import { usualRange } from './usual.ts';

export const panelHeight = 8;

/** Grafana's variable, and how packs write it. */
const window = /\$(?:__)?rate_interval\b/g;
/** No duration that anybody writes: stands for Grafana's variable while the query is parsed. */
const placeholder = '987654321s';

/** No matcher that anybody writes: stands for those that are to come. */
const anyMatchers = 'foreshock_matchers_stand_here="987654321"';

/** So many queries are remembered; a config has some hundred. */
const mostKnown = 5000;
/** What stands between the matchers of a query: it is parsed once, and asked for again with each entity. */
const known = new Map<string, readonly string[]>();

function partsOf(query: string): readonly string[] {
  const before = known.get(query);
  if (before !== undefined) return before;
  const parsed = query.replaceAll(window, placeholder);
  const parts = addMatchers(parsed, anyMatchers)
    .replaceAll(placeholder, '$__rate_interval')
    .split(anyMatchers);
  if (known.size >= mostKnown) known.clear();
  known.set(query, parts);
  return parts;
}

/**
 * A query for Grafana: its windows are `$__rate_interval`, and every selector carries `matchers`. Throws a PromqlError where either
 * cannot be read.
 */
export function grafanaQuery(query: string, matchers: string): string {
  if (matchers.trim() === '') return query.replaceAll(window, '$__rate_interval');
  addMatchers('up', matchers);
  return partsOf(query).join(matchers);
}

/** What one panel shows of the k-th signal of a class. */
export interface SignalPanel {
  readonly title: string;
  readonly one: DashboardClass;
  readonly k: number;
  /** Matchers on the entity labels, as written between braces. */
  readonly matchers: string;
  /** Asks for the worst so many only. */
  readonly worst?: number;
  /** Draws the range of the hour before this time, ms. */
  readonly usualBefore?: number;
  readonly width?: number;
}

/** One signal over time with its limit, and, unless only the worst are shown, the range that is expected. */
export function signalPanel(shown: SignalPanel): Placeable {
  const { title, one, k, matchers, worst, usualBefore, width = 12 } = shown;
  const signal = one.signals[k]!;
  const asked = grafanaQuery(one.queries[k] ?? signal.query, matchers);
  const expr =
    worst === undefined ? asked : `${signal.bad === 'low' ? 'bottomk' : 'topk'}(${worst}, ${asked})`;
  const own: Ask = { of: one.of, expr, legend: one.entityLabels.map(label => `{{${label}}}`).join(' ') };
  const limit = limitOf(signal);
  return seriesPanel(
    {
      title,
      about: describe(signal),
      unit: signal.unit,
      asks: [
        own,
        ...(usualBefore === undefined ? [] : usualRange(own, usualBefore)),
        ...(worst === undefined ? expectedBand(one, signal.name, matchers) : []),
      ],
      calcs: [signal.bad === 'low' ? 'min' : 'max', 'lastNotNull'],
      ...(limit === undefined ? {} : { limit }),
    },
    { w: width, h: panelHeight },
  );
}

/** Where a share of something finite is nearly used up; other signals have no limit that holds everywhere. */
function limitOf({ kind, unit, bad }: SignalSpec): number | undefined {
  const finite = unit === 'percentunit' && bad === 'high' && (kind === 'saturation' || kind === 'memory');
  return finite ? 0.9 : undefined;
}

/** What normal looks like, what to do, and what is drawn. */
export function describe(signal: SignalSpec): string {
  const bad = { high: 'High values are bad', low: 'Low values are bad', both: 'Both directions matter' }[
    signal.bad
  ];
  const about = signal.about === '' ? `${signal.name} (${signal.kind.replaceAll('_', ' ')}).` : signal.about;
  return `${about} ${bad}. Shaded: the range that foreshock expects of all that is shown; choose one for its own.`;
}
