import { type Box, checkRange, colours, escapeText, px, strokes, svg, timeAxis, timeText } from './frame.ts';

/** One bar: times in ms, `end` undefined while it lasts; `strong` bars are drawn full, others hatched light. */
export interface Bar {
  readonly label: string;
  readonly start: number;
  readonly end: number | undefined;
  readonly strong: boolean;
}

/** What a timeline shows; `end` is also where a bar without an end stops. */
export interface TimelineChart {
  readonly title: string;
  readonly width: number;
  readonly bars: readonly Bar[];
  readonly marks?: readonly { readonly t: number; readonly label: string }[];
  readonly start: number;
  readonly end: number;
}

const rowHeight = 18;

/** The members of an incident as bars over time, in the given order, as an SVG text. Throws a RangeError as `lineChart` does. */
export function timelineChart(chart: TimelineChart): string {
  const height = Math.max(60, 24 + chart.bars.length * rowHeight + 26);
  const { width, start, end } = chart;
  checkRange({ width, height, start, end });
  const box: Box = {
    width,
    height,
    left: Math.min(200, Math.round(width * 0.35)),
    right: 12,
    top: 24,
    bottom: 22,
  };
  const time = timeAxis(box, start, end);
  const rows = chart.bars.map((bar, k) => barOf(bar, box.top + k * rowHeight, { chart, box, x: time.x }));
  const marks = (chart.marks ?? [])
    .filter(mark => mark.t >= start && mark.t <= end)
    .map(mark => {
      const x = px(time.x(mark.t));
      const line = `<line x1="${x}" x2="${x}" y1="${box.top}" y2="${height - box.bottom}" stroke="${colours.mark}" stroke-dasharray="4 2"/>`;
      return `<g><title>${escapeText(`${mark.label} at ${timeText(mark.t)}`)}</title>${line}</g>`;
    });
  return svg(box, { title: chart.title, about: describe(chart) }, time.body + rows.join('') + marks.join(''));
}

function barOf(
  bar: Bar,
  top: number,
  at: { readonly chart: TimelineChart; readonly box: Box; readonly x: (t: number) => number },
): string {
  const { chart, box, x } = at;
  const clamp = (t: number) => Math.min(chart.end, Math.max(chart.start, t));
  const from = x(clamp(bar.start));
  const to = x(clamp(bar.end ?? chart.end));
  const fits = Math.floor(box.left / 6.2);
  const short = bar.label.length > fits ? `${[...bar.label].slice(0, fits - 1).join('')}…` : bar.label;
  const stroke = strokes[bar.strong ? 4 : 0]!;
  const fill = `fill="${stroke.colour}" fill-opacity="${bar.strong ? 0.9 : 0.35}" stroke="${stroke.colour}"`;
  const drawn = `<rect x="${px(from)}" y="${top + 3}" width="${px(Math.max(2, to - from))}" height="${rowHeight - 6}" ${fill}/>`;
  const open =
    bar.end === undefined ? `<text x="${px(to - 2)}" y="${top + 13}" text-anchor="end">▸</text>` : '';
  const text = `<text x="${box.left - 6}" y="${top + 13}" text-anchor="end">${escapeText(short)}</text>`;
  return `<g><title>${escapeText(barText(bar))}</title>${text}${drawn}${open}</g>`;
}

function barText(bar: Bar): string {
  const until = bar.end === undefined ? 'still firing' : `until ${timeText(bar.end)}`;
  return `${bar.label}: from ${timeText(bar.start)}, ${until}`;
}

function describe(chart: TimelineChart): string {
  return [`${chart.title}, ${chart.bars.length} alerts`, ...chart.bars.map(barText)].join('. ');
}
