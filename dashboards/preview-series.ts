import { type PlotBand, type PlotLine, type PlotMark, plotChart } from '../charts/plot.ts';
import type { Series } from '../core/series.ts';
import type { PanelAnswer, TargetAnswer } from './preview-answer.ts';
import type { PreviewPanel } from './preview-model.ts';
import { legendOf, type PreviewRange } from './preview-query.ts';
import { sayIn } from './preview-say.ts';
import { type LineStyle, styleOf } from './preview-style.ts';

interface Named {
  readonly name: string;
  readonly series: Series;
  readonly style: LineStyle;
}

/** More lines than this are a mesh that nobody reads. */
const mostLines = 60;

/** A panel of series over time as an SVG. */
export function seriesPicture(
  panel: PreviewPanel,
  answer: PanelAnswer,
  at: {
    readonly width: number;
    readonly height: number;
    readonly range: PreviewRange;
    readonly marks: readonly PlotMark[];
  },
): string {
  const { defaults } = panel.fieldConfig;
  const say = sayIn(defaults.unit);
  const all = namedOf(panel, answer.targets);
  const lines = all.filter(({ style }) => style.width > 0).slice(0, mostLines);
  const { min, max } = defaults;
  return plotChart({
    title: panel.title,
    width: at.width,
    height: at.height,
    start: at.range.start,
    end: at.range.end,
    lines: lines.map(line => lineOf(line, say)),
    bands: bandsOf(all),
    limits: limitsOf(panel, say),
    marks: at.marks,
    say,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    none: noneOf(answer.targets),
  });
}

/** Why there is nothing: what a source answered, or that it has nothing. */
export function noneOf(targets: readonly TargetAnswer[]): string {
  const error = targets.find(target => target.error !== undefined)?.error;
  return error === undefined ? 'No data' : `Not answered: ${error}`.slice(0, 120);
}

function namedOf(panel: PreviewPanel, answers: readonly TargetAnswer[]): Named[] {
  let k = 0;
  return panel.targets.flatMap((target, i) =>
    (answers[i]?.series ?? []).map(series => {
      const label = legendOf(target.legendFormat, series.labels);
      const name = label === '' ? target.expr : label;
      return { name, series, style: styleOf(panel, { refId: target.refId, name, k: k++ }) };
    }),
  );
}

function lineOf({ name, series: { t, v }, style }: Named, say: (value: number) => string): PlotLine {
  const last = v.findLast(value => Number.isFinite(value));
  const { colour, width, dash } = style;
  return { t, v, label: name, value: last === undefined ? '' : say(last), colour, width, dash };
}

/** A line that is filled down to another one of the same times is the upper end of an area. */
function bandsOf(all: readonly Named[]): PlotBand[] {
  return all.flatMap(({ name, series, style }) => {
    const lower = all.find(other => other.name === style.fillTo)?.series;
    if (lower === undefined) return [];
    const values = new Map(Array.from(lower.t, (t, i) => [t, lower.v[i]!]));
    const low = Float64Array.from(series.t, t => values.get(t) ?? Number.NaN);
    return [{ t: series.t, low, high: series.v, label: name, colour: style.colour }];
  });
}

function limitsOf({ fieldConfig: { defaults } }: PreviewPanel, say: (value: number) => string) {
  const drawn = (defaults.custom?.thresholdsStyle?.mode ?? 'off') !== 'off';
  if (!drawn) return [];
  return (defaults.thresholds?.steps ?? []).flatMap(({ value }) =>
    value === null ? [] : [{ value, label: `limit: ${say(value)}` }],
  );
}
