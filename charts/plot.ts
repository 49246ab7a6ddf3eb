import { scaleLinear } from 'd3-scale';
import { type Box, checkRange, colours, escapeText, px, svg, timeAxis, timeText } from './frame.ts';
import { legendOf, legendRows } from './plot-legend.ts';

/** A line and how it is drawn; `t` in ms, ascending, `v` of the same length; NaN is a gap. */
export interface PlotLine {
  readonly t: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly label: string;
  /** What the legend says after the label. */
  readonly value: string;
  /** A colour of CSS. */
  readonly colour: string;
  readonly width: number;
  /** As `stroke-dasharray`; empty = solid. */
  readonly dash: string;
}

/** An area between two lines on the same times. */
export interface PlotBand {
  readonly t: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly label: string;
  readonly colour: string;
}

/** A level that is drawn through the whole. */
export interface PlotLimit {
  readonly value: number;
  readonly label: string;
}

/** A moment that is marked. */
export interface PlotMark {
  readonly t: number;
  readonly label: string;
  readonly colour: string;
}

/** Series over time with areas, levels and moments; times in ms, sizes in pixels. */
export interface Plot {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
  readonly lines: readonly PlotLine[];
  readonly bands: readonly PlotBand[];
  readonly limits: readonly PlotLimit[];
  readonly marks: readonly PlotMark[];
  /** How a value of the axis is said. */
  readonly say: (value: number) => string;
  readonly min?: number;
  readonly max?: number;
  /** What is said where there is nothing to draw. */
  readonly none: string;
}

interface Axes {
  readonly box: Box;
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
}

/** A level so many times above all else would press it flat: it is left out. */
const farLimit = 3;

/** Room of a letter of the axis, pixels; between the axis and the left edge there is at least, and at most that share of the width. */
const letter = 6.2;
const room = { least: 66, share: 0.4 };

/** The axis of values: its scale, what its ticks are called, and how much room their words take. */
function valueAxis(plot: Plot, { top, bottom }: Pick<Box, 'top' | 'bottom'>) {
  const { width, height } = plot;
  const count = Math.max(2, Math.min(6, Math.floor((height - top - bottom) / 34)));
  const scale = scaleLinear()
    .domain(extentOf(plot))
    .range([height - bottom, top])
    .nice(plot.max === undefined ? count : 1);
  const ticks = scale.ticks(count).map(value => ({ value, said: plot.say(value) }));
  const longest = ticks.reduce((most, { said }) => Math.max(most, [...said].length), 0);
  const left = Math.max(room.least, Math.min(room.share * width, Math.ceil(12 + letter * longest)));
  return { scale, ticks, left };
}

/** The plot as an SVG text. Throws a RangeError for a size or range that is no number or too small. */
export function plotChart(plot: Plot): string {
  const { width, height, start, end, title, lines } = plot;
  checkRange({ width, height, start, end });
  const rows = legendRows(plot, width - 24);
  const margins = { width, height, right: 14, top: 28, bottom: 24 + 16 * rows.length };
  const { scale, ticks, left } = valueAxis(plot, margins);
  const box: Box = { ...margins, left };
  if (lines.length === 0) return svg(headed(box), { title, about: plot.none }, nothing(box, plot.none));
  const time = timeAxis(box, start, end);
  const axes: Axes = { box, x: time.x, y: value => scale(value) };
  const marked = ticks.map(({ value, said }) => tickOf(axes, value, said));
  const clip = `<clipPath id="${clipId(plot)}"><rect x="${box.left}" y="${box.top - 2}" width="${width - box.left - box.right}" height="${height - box.top - box.bottom + 4}"/></clipPath>`;
  const drawn = [
    ...plot.bands.map(band => bandOf(band, axes)),
    ...plot.limits.filter(({ value }) => scale(value) >= box.top - 1).map(limit => limitOf(limit, axes)),
    ...lines.map(line => lineOf(line, axes, plot)),
    ...plot.marks.filter(({ t }) => t >= start && t <= end).map(mark => markOf(mark, axes)),
  ];
  const body = `${clip}${time.body}${marked.join('')}<g clip-path="url(#${clipId(plot)})">${drawn.join('')}</g>${legendOf(rows, box)}`;
  return svg(headed(box), { title, about: aboutOf(plot) }, body);
}

/** The heading begins where the picture does, not where the axis does. */
const headed = (box: Box): Box => ({ ...box, left: 12, right: 12 });

/** Names the clip by what is drawn, so that two on one page do not meet unless they are alike. */
function clipId({ title, width, height, lines }: Plot): string {
  let hash = 0;
  for (const char of `${title} ${width} ${height} ${lines.length}`)
    hash = (Math.imul(hash, 31) + char.codePointAt(0)!) | 0;
  return `clip${(hash >>> 0).toString(36)}`;
}

function nothing(box: Box, text: string): string {
  return `<text x="${px(box.width / 2)}" y="${px(box.height / 2)}" text-anchor="middle" opacity="0.7">${escapeText(text)}</text>`;
}

/** Least and most of what is seen; an area may reach three times as far as the lines and no farther. */
function extentOf({ lines, bands, limits, start, end, min, max }: Plot): readonly [number, number] {
  const seen = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  const take = (t: ArrayLike<number>, v: ArrayLike<number>, into: typeof seen) => {
    for (let i = 0; i < t.length; i++)
      if (t[i]! >= start && t[i]! <= end && Number.isFinite(v[i])) {
        into.low = Math.min(into.low, v[i]!);
        into.high = Math.max(into.high, v[i]!);
      }
  };
  for (const { t, v } of lines) take(t, v, seen);
  if (seen.low > seen.high) return [min ?? 0, max ?? 1];
  const area = { ...seen };
  for (const { t, low, high } of bands) {
    take(t, low, area);
    take(t, high, area);
  }
  const span = Math.max(seen.high - seen.low, Math.abs(seen.high) / 2);
  let high = Math.min(area.high, seen.high + 2 * span);
  let low = Math.min(0, Math.max(area.low, seen.low - 2 * span));
  for (const { value } of limits) if (value > high && value <= farLimit * high) high = value * 1.02;
  low = min ?? low;
  high = max ?? high + 0.05 * (high - low);
  return low < high ? [low, high] : [low, low + 1];
}

function tickOf({ box, y }: Axes, tick: number, said: string): string {
  const at = px(y(tick));
  const line = `<line x1="${box.left}" x2="${box.width - box.right}" y1="${at}" y2="${at}" stroke="${colours.grid}" stroke-width="0.5"/>`;
  return `${line}<text x="${box.left - 6}" y="${at}" dy="0.32em" text-anchor="end">${escapeText(said)}</text>`;
}

/** Stretches of samples that are there, as points of the picture. */
function runsOf(length: number, at: (i: number) => readonly number[] | undefined): (readonly number[])[][] {
  const runs: (readonly number[])[][] = [[]];
  for (let i = 0; i < length; i++) {
    const point = at(i);
    if (point !== undefined) runs.at(-1)!.push(point);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs.filter(run => run.length > 0);
}

const path = (points: readonly (readonly number[])[]) =>
  `M${points.map(([x, y]) => `${px(x!)},${px(y!)}`).join('L')}`;

function lineOf(
  line: PlotLine,
  { x, y }: Axes,
  range: { readonly start: number; readonly end: number },
): string {
  const { t, v, colour, width, dash, label } = line;
  const runs = runsOf(t.length, i =>
    Number.isFinite(v[i]) && t[i]! >= range.start && t[i]! <= range.end ? [x(t[i]!), y(v[i]!)] : undefined,
  );
  const dots = runs
    .filter(run => run.length === 1)
    .map(([point]) => `<circle cx="${px(point![0]!)}" cy="${px(point![1]!)}" r="1.8" fill="${colour}"/>`);
  const d = runs
    .filter(run => run.length > 1)
    .map(path)
    .join('');
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  const drawn =
    d === ''
      ? ''
      : `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashes}/>`;
  return `<g><title>${escapeText(label)}</title>${drawn}${dots.join('')}</g>`;
}

function bandOf({ t, low, high, label, colour }: PlotBand, { x, y }: Axes): string {
  const there = (i: number) => Number.isFinite(low[i]) && Number.isFinite(high[i]);
  const runs = runsOf(t.length, i => (there(i) ? [x(t[i]!), y(low[i]!), y(high[i]!)] : undefined));
  const areas = runs
    .filter(run => run.length > 1)
    .map(run => {
      const upper = run.map(([at, , top]) => [at!, top!]);
      const lower = run.map(([at, bottom]) => [at!, bottom!]);
      const area = `<path d="${path([...upper, ...lower.toReversed()])}Z" fill="${colour}" fill-opacity="0.16"/>`;
      const edge = `<path d="${path(upper)}${path(lower)}" fill="none" stroke="${colour}" stroke-opacity="0.55" stroke-width="0.8"/>`;
      return area + edge;
    });
  return `<g><title>${escapeText(label)}</title>${areas.join('')}</g>`;
}

function limitOf({ value, label }: PlotLimit, { box, y }: Axes): string {
  const at = px(y(value));
  return `<g><title>${escapeText(label)}</title><line x1="${box.left}" x2="${box.width - box.right}" y1="${at}" y2="${at}" stroke="var(--chart-red, #c24141)" stroke-width="1.4" stroke-dasharray="7 5"/></g>`;
}

function markOf({ t, label, colour }: PlotMark, { box, x }: Axes): string {
  const at = px(x(t));
  const bottom = box.height - box.bottom;
  return `<g><title>${escapeText(`${label}, ${timeText(t)}`)}</title><line x1="${at}" x2="${at}" y1="${box.top}" y2="${bottom}" stroke="${colour}" stroke-width="1.2" stroke-dasharray="3 2"/><path d="M${px(x(t) - 4)},${bottom}h8l-4,-7Z" fill="${colour}"/></g>`;
}

function aboutOf({ title, lines, start, end, marks }: Plot): string {
  const said = lines.slice(0, 20).map(({ label, value }) => `${label}: ${value === '' ? 'drawn' : value}`);
  const moments = marks.slice(0, 20).map(({ t, label }) => `${label} at ${timeText(t)}`);
  return [`${title}, ${timeText(start)} to ${timeText(end)}`, ...said, ...moments].join('. ');
}
