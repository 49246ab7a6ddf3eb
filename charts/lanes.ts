import { scaleLinear } from 'd3-scale';
import { sayCount } from '../core/say-name.ts';
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

/** Something that happened at `t` (ms): `label` is drawn beside the mark, `text` says what it was, `href` leads to more of it. */
export interface LaneMark {
  readonly t: number;
  readonly label: string;
  readonly text: string;
  readonly href?: string;
}

/** Things of one kind along the time. The shape tells the kinds apart, not the colour. */
export interface MarkLane {
  readonly name: string;
  readonly shape: 'diamond' | 'triangle' | 'bar';
  readonly marks: readonly LaneMark[];
}

/** A count over time, `t` (ms) ascending, as bars. */
export interface CountLane {
  readonly name: string;
  readonly t: ArrayLike<number>;
  readonly v: ArrayLike<number>;
}

/** What happened beside the signals, a lane a kind; the axis is that of a line chart of the same width and range (ms). */
export interface LaneChart {
  readonly title: string;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  readonly lanes: readonly (MarkLane | CountLane)[];
  readonly rules: readonly Rule[];
}

const markHeight = 24;
const countHeight = 40;
const headHeight = 14;
/** Mean width of a character of 11 px. */
const letter = 6.2;
/** Marks that are nearer than this are drawn as one. */
const together = 14;

type Scale = (t: number) => number;

const isCount = (lane: MarkLane | CountLane): lane is CountLane => 'v' in lane;
const heightOf = (lane: MarkLane | CountLane): number => (isCount(lane) ? countHeight : markHeight);

/** Names of the rules, each in the first row in which it covers no other. */
function headings(
  rules: readonly Rule[],
  box: Box,
  x: Scale,
): { readonly body: string; readonly rows: number } {
  const taken: number[][] = [];
  const body = [...rules]
    .sort((a, b) => a.t - b.t)
    .map(({ t, label }) => {
      const wide = label.length * letter;
      const left = Math.max(2, Math.min(x(t) - wide / 2, box.width - 2 - wide));
      const row = taken.findIndex(ends => ends.every(end => end + 6 <= left));
      const at = row < 0 ? taken.length : row;
      taken[at] = [...(taken[at] ?? []), left + wide];
      return `<text x="${px(left + wide / 2)}" y="${11 + at * headHeight}" text-anchor="middle" font-weight="600">${escapeText(label)}</text>`;
    });
  return { body: body.join(''), rows: taken.length };
}

/** Marks that would cover one another, together; in order of time. */
function clustersOf(marks: readonly LaneMark[], x: Scale): LaneMark[][] {
  const out: LaneMark[][] = [];
  for (const mark of marks.filter(({ t }) => Number.isFinite(t)).sort((a, b) => a.t - b.t)) {
    const last = out.at(-1);
    if (last !== undefined && x(mark.t) - x(last[0]!.t) < together) last.push(mark);
    else out.push([mark]);
  }
  return out;
}

const shapes: Readonly<Record<MarkLane['shape'], (x: number, y: number) => string>> = {
  diamond: (x, y) => `M${px(x)},${y - 6}l6,6l-6,6l-6,-6Z`,
  triangle: (x, y) => `M${px(x)},${y - 6}l6,11h-12Z`,
  bar: (x, y) => `M${px(x - 1.5)},${y - 7}h3v14h-3Z`,
};

function clusterLabel(
  cluster: readonly LaneMark[],
  at: { readonly x: number; readonly y: number; readonly room: number },
): string {
  const [first, last] = [cluster[0]!, cluster.at(-1)!];
  if (first.label === '') return '';
  const label = first === last ? first.label : `${first.label}–${last.label}`;
  const right = at.room >= label.length * letter + 10;
  return `<text x="${px(at.x + (right ? 9 : -9))}" y="${at.y + 4}" text-anchor="${right ? 'start' : 'end'}" ${rim}>${escapeText(label)}</text>`;
}

function clusterMark(
  cluster: readonly LaneMark[],
  lane: MarkLane,
  at: { readonly x: number; readonly y: number; readonly room: number },
): string {
  const { href } = cluster[0]!;
  const says = cluster.map(({ t, text }) => `${text}, ${timeText(t)}`).join('; ');
  const words = escapeText(`${lane.name}: ${[...says].slice(0, 500).join('')}`);
  const shape = `<path d="${shapes[lane.shape](at.x, at.y)}" fill="${strokes[0].colour}"/>`;
  const body = `<title>${words}</title>${shape}${clusterLabel(cluster, at)}`;
  if (href === undefined) return `<g>${body}</g>`;
  // A finger is wider than a mark.
  const ground = `<rect x="${px(at.x - markHeight / 2)}" y="${at.y - markHeight / 2}" width="${markHeight + 8}" height="${markHeight}" fill="transparent"/>`;
  return `<a href="${escapeText(href)}" aria-label="${words}">${ground}${body}</a>`;
}

function markLane(lane: MarkLane, at: { readonly y: number; readonly box: Box; readonly x: Scale }): string {
  const { y, box, x } = at;
  const middle = y + markHeight / 2;
  const clusters = clustersOf(lane.marks, x);
  return clusters
    .map((cluster, i) => {
      const left = x(cluster[0]!.t);
      const next = clusters[i + 1];
      const room = (next === undefined ? box.width : x(next[0]!.t) - 6) - left;
      return clusterMark(cluster, lane, { x: left, y: middle, room });
    })
    .join('');
}

/** Sums of the counts in columns of 3 px, so that no bar is thinner than can be seen. */
function columnsOf({ t, v }: CountLane, box: Box, x: Scale): Map<number, number> {
  const sums = new Map<number, number>();
  for (let i = 0; i < t.length; i++) {
    const at = x(t[i]!);
    const isInside = at >= box.left && at <= box.width - box.right;
    if (!(v[i]! > 0 && Number.isFinite(v[i])) || !isInside) continue;
    const column = Math.floor((at - box.left) / 3);
    sums.set(column, (sums.get(column) ?? 0) + v[i]!);
  }
  return sums;
}

function countLane(
  lane: CountLane,
  at: { readonly y: number; readonly box: Box; readonly x: Scale },
): string {
  const { y, box, x } = at;
  const sums = columnsOf(lane, box, x);
  const most = Math.max(1, ...sums.values());
  const height = scaleLinear()
    .domain([0, most])
    .range([0, countHeight - 8]);
  const base = y + countHeight - 3;
  const bars = [...sums].map(([column, sum]) => {
    const tall = Math.max(1.5, height(sum));
    return `<rect x="${px(box.left + column * 3)}" y="${px(base - tall)}" width="2.4" height="${px(tall)}" fill="${colours.mark}"/>`;
  });
  const total = Array.from(lane.v).reduce((a, b) => a + (b > 0 ? b : 0), 0);
  return `<g><title>${escapeText(`${lane.name}: ${sayValue(total)} in all`)}</title>${bars.join('')}</g>`;
}

function describe({ lanes, rules }: LaneChart): string {
  const said = lanes.map(lane => {
    if (isCount(lane)) {
      const total = Array.from(lane.v).reduce((a, b) => a + (b > 0 ? b : 0), 0);
      return `${lane.name}: ${sayValue(total)} in all`;
    }
    const first = lane.marks.reduce((least, { t }) => Math.min(least, t), Number.POSITIVE_INFINITY);
    const count = sayCount(lane.marks.length, 'mark');
    return `${lane.name}: ${count}${lane.marks.length === 0 ? '' : `, the first at ${timeText(first)}`}`;
  });
  return [...rules.map(({ t, label }) => `${label} at ${timeText(t)}`), ...said].join('. ');
}

/** Lanes of marks and counts as an SVG text. Throws a RangeError for a size or range that is no number or too small. */
export function laneChart(chart: LaneChart): string {
  const { width, start, end, lanes, rules, title } = chart;
  const inside = rules.filter(({ t }) => t >= start && t <= end);
  const frame: Box = { width, height: 0, ...sides, top: 0, bottom: 22 };
  const head = headings(inside, frame, timeAxis(frame, start, end).x);
  const top = 4 + head.rows * headHeight;
  const height = Math.max(60, top + lanes.reduce((sum, lane) => sum + heightOf(lane), 0) + frame.bottom);
  checkRange({ width, height, start, end });
  const box: Box = { ...frame, height, top };
  const { body: axis, x } = timeAxis(box, start, end);
  let y = top;
  const rows = lanes.map(lane => {
    const at = { y, box, x };
    const name = `<text x="${box.left - 6}" y="${y + heightOf(lane) / 2 + 4}" text-anchor="end">${escapeText(lane.name)}</text>`;
    const line = `<line x1="${box.left}" x2="${box.width - box.right}" y1="${y}" y2="${y}" stroke="${colours.grid}" stroke-width="0.5"/>`;
    y += heightOf(lane);
    return `${name}${line}${isCount(lane) ? countLane(lane, at) : markLane(lane, at)}`;
  });
  const text = { title, about: describe(chart), heading: '', role: 'group' } as const;
  return svg(box, text, `${axis}${head.body}${ruleLines(inside, box, x)}${rows.join('')}`);
}
