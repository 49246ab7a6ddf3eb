import { scaleLinear } from 'd3-scale';
import { sayValue } from '../core/say-value.ts';
import {
  type Box,
  checkRange,
  colours,
  escapeText,
  px,
  type Rule,
  rim,
  ruleLines,
  sides,
  strokes,
  svg,
  timeAxis,
  timeText,
} from './frame.ts';

/** One line: `t` in ms, ascending, and `v` of the same length; NaN is a gap. */
export interface Line {
  readonly t: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly label: string;
}

/** The expected range over time. */
export interface LineBand {
  readonly t: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** What a line chart shows; `start` and `end` in ms, sizes in pixels. */
export interface LineChart {
  readonly title: string;
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly band?: LineBand;
  readonly marks?: readonly { readonly t: number; readonly label: string }[];
  /** Moments that are marked alike in every picture on the same axis; their names stand elsewhere. */
  readonly rules?: readonly Rule[];
  /** What stands above the lines: the title unless given, nothing where it is empty. */
  readonly heading?: string;
  readonly start: number;
  readonly end: number;
}

type Scale = (value: number) => number;

/** Series over time as an SVG text. Throws a RangeError for a size or range that is no number or too small. */
export function lineChart(chart: LineChart): string {
  const { width, height, start, end } = chart;
  checkRange({ width, height, start, end });
  const legend = chart.lines.length > 1 ? 18 : 0;
  const top = chart.heading === '' ? 8 : 24;
  const box: Box = { width, height, ...sides, top, bottom: 22 + legend };
  const time = timeAxis(box, start, end);
  const value = valueAxis(chart, box);
  const band = chart.band === undefined ? '' : bandPath(chart.band, time.x, value.y);
  const lines = chart.lines
    .map((line, k) => linePath(line, k, { x: time.x, y: value.y, start, end }))
    .join('');
  const marks = (chart.marks ?? []).filter(mark => mark.t >= start && mark.t <= end);
  const marked = marks.map(mark => markLine(mark, time.x(mark.t), box)).join('');
  const ruled = ruleLines(chart.rules ?? [], box, time.x);
  const { title, heading = title } = chart;
  return svg(
    box,
    { title, about: describe(chart), heading },
    `${time.body}${value.body}${band}${ruled}${lines}${marked}${legend > 0 ? legendOf(chart.lines, box) : ''}`,
  );
}

function inRange(
  t: ArrayLike<number>,
  v: ArrayLike<number>,
  chart: { start: number; end: number },
): number[] {
  const out: number[] = [];
  for (let i = 0; i < t.length; i++)
    if (t[i]! >= chart.start && t[i]! <= chart.end && Number.isFinite(v[i])) out.push(v[i]!);
  return out;
}

function extent(values: readonly number[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, low) || 1];
  return [low > 0 && low < high / 2 ? 0 : low, high];
}

function valueAxis(chart: LineChart, box: Box): { body: string; y: Scale } {
  const values = chart.lines.flatMap(line => inRange(line.t, line.v, chart));
  if (chart.band !== undefined) {
    values.push(
      ...inRange(chart.band.t, chart.band.low, chart),
      ...inRange(chart.band.t, chart.band.high, chart),
    );
  }
  const few = Math.max(2, Math.min(4, Math.floor((box.height - box.top - box.bottom) / 30)));
  const scale = scaleLinear()
    .domain(extent(values))
    .range([box.height - box.bottom, box.top])
    .nice(few);
  const body = scale.ticks(few).map(tick => {
    const at = px(scale(tick));
    const line = `<line x1="${box.left}" x2="${box.width - box.right}" y1="${at}" y2="${at}" stroke="${colours.grid}" stroke-width="0.5"/>`;
    return `${line}<text x="${box.left - 6}" y="${at}" dy="0.32em" text-anchor="end">${escapeText(sayValue(tick, chart.unit))}</text>`;
  });
  return { body: body.join(''), y: value => scale(value) };
}

function linePath(
  line: Line,
  k: number,
  at: { readonly x: Scale; readonly y: Scale; readonly start: number; readonly end: number },
): string {
  const stroke = strokes[k % strokes.length]!;
  let path = '';
  let dots = '';
  let run = 0;
  let last = '';
  const close = () => {
    if (run === 1) dots += last;
    run = 0;
  };
  for (let i = 0; i < line.t.length; i++) {
    const t = line.t[i]!;
    const v = line.v[i]!;
    if (!Number.isFinite(v) || !(t >= at.start && t <= at.end)) {
      close();
      continue;
    }
    path += `${run === 0 ? 'M' : 'L'}${px(at.x(t))},${px(at.y(v))}`;
    last = `<circle cx="${px(at.x(t))}" cy="${px(at.y(v))}" r="1.5" fill="${stroke.colour}"/>`;
    run++;
  }
  close();
  const dash = stroke.dash === '' ? '' : ` stroke-dasharray="${stroke.dash}"`;
  const drawn = `<path d="${path}" fill="none" stroke="${stroke.colour}" stroke-width="1.5"${dash}/>`;
  return `<g><title>${escapeText(line.label)}</title>${drawn}${dots}</g>`;
}

function bandPath(band: LineBand, x: Scale, y: Scale): string {
  let out = '';
  let edges = '';
  let upper: string[] = [];
  let lower: string[] = [];
  const close = () => {
    if (upper.length > 1) {
      edges += `M${upper.join('L')}M${lower.join('L')}`;
      out += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    }
    upper = [];
    lower = [];
  };
  for (let i = 0; i < band.t.length; i++) {
    const [low, high] = [band.low[i]!, band.high[i]!];
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      close();
      continue;
    }
    upper.push(`${px(x(band.t[i]!))},${px(y(high))}`);
    lower.push(`${px(x(band.t[i]!))},${px(y(low))}`);
  }
  close();
  // Its edges are drawn, too: a range of no width, and print without colours, can be seen.
  const edge = `<path d="${edges}" fill="none" stroke="${colours.line}" stroke-width="0.8" stroke-dasharray="3 3"/>`;
  return `<g><title>expected range</title><path d="${out}" fill="${colours.band}"/>${edge}</g>`;
}

function markLine(mark: { readonly t: number; readonly label: string }, at: number, box: Box): string {
  const x = px(at);
  const label = escapeText(mark.label);
  // What came before is calm, so that the label hides no line there.
  const right = at - box.left > 6 * mark.label.length + 8;
  const text = `<text x="${px(at + (right ? -4 : 4))}" y="${box.top + 10}" text-anchor="${right ? 'end' : 'start'}" ${rim}>${label}</text>`;
  const line = `<line x1="${x}" x2="${x}" y1="${box.top}" y2="${box.height - box.bottom}" stroke="${colours.mark}" stroke-dasharray="4 2"/>`;
  return `<g><title>${label}</title>${line}${text}</g>`;
}

function legendOf(lines: readonly Line[], box: Box): string {
  const each = (box.width - box.left - box.right) / lines.length;
  const fits = Math.max(3, Math.floor((each - 30) / 6));
  return lines
    .map((line, k) => {
      const stroke = strokes[k % strokes.length]!;
      const x = box.left + k * each;
      const y = box.height - 8;
      const label = line.label.length > fits ? `${[...line.label].slice(0, fits - 1).join('')}…` : line.label;
      const sample = `<line x1="${px(x)}" x2="${px(x + 20)}" y1="${y - 3}" y2="${y - 3}" stroke="${stroke.colour}" stroke-width="2" stroke-dasharray="${stroke.dash}"/>`;
      return `${sample}<text x="${px(x + 24)}" y="${y}">${escapeText(label)}</text>`;
    })
    .join('');
}

function describe(chart: LineChart): string {
  const range = `${timeText(chart.start)} to ${timeText(chart.end)}`;
  const lines = chart.lines.map(line => {
    const values = inRange(line.t, line.v, chart);
    if (values.length === 0) return `${line.label}: no samples`;
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    const [from, to, last] = [low, high, values.at(-1)!].map(value => sayValue(value, chart.unit));
    return `${line.label}: ${values.length} samples from ${from} to ${to}, last ${last}`;
  });
  const marks = (chart.marks ?? []).map(mark => `${mark.label} at ${timeText(mark.t)}`);
  return [`${chart.title}, ${range}`, ...lines, ...marks].join('. ');
}
