import type { FillDate } from '../core/capacity.ts';
import type { Forecast, History, Interval } from '../core/forecaster.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayValue } from '../core/say-value.ts';
import { dayAxis, strokeMark, textMark, valueAxis } from './forecast-axes.ts';
import type { Mark, Picture } from './forecast-picture.ts';
import { type Box, checkRange, px } from './frame.ts';

/** A series, how it goes on, and where it ends; sizes in the picture's own units. */
export interface ForecastFan {
  readonly title: string;
  readonly unit: string;
  readonly history: History;
  readonly forecast: Forecast;
  /** NaN is none known. */
  readonly limit: number;
  readonly fill: FillDate | undefined;
  /** When the forecast was made, ms. */
  readonly madeAt: number;
  readonly calendar: Calendar;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
}

type Scale = (value: number) => number;
type Point = readonly [x: number, y: number];

/** A limit so many times above all values would press them flat: then it is said, not drawn. */
const farLimit = 4;

function largest(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > most && values[i]! < Infinity) most = values[i]!;
  return most;
}

function smallest(values: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++)
    if (values[i]! < least && values[i]! > Number.NEGATIVE_INFINITY) least = values[i]!;
  return least;
}

const byLevel = ({ intervals }: Forecast): readonly Interval[] =>
  [...intervals].sort((a, b) => b.level - a.level);

interface Extent {
  readonly low: number;
  readonly high: number;
  readonly limitShown: boolean;
}

/** From 0 where all is near it; a wild outer interval is cut off. */
function extentOf({ history, forecast, limit }: ForecastFan): Extent {
  const inner = byLevel(forecast).at(-1);
  const known = [history.v, forecast.yhat, ...(inner === undefined ? [] : [inner.lower, inner.upper])];
  const all = [...known, ...forecast.intervals.flatMap(({ lower, upper }) => [lower, upper])];
  let high = Math.max(...known.map(largest));
  let low = Math.min(...known.map(smallest));
  if (!(low <= high)) [low, high] = Number.isFinite(limit) ? [0, limit] : [0, 1];
  const span = high - low;
  high = Math.max(high, Math.min(Math.max(...all.map(largest)), high + span));
  low = Math.min(low, Math.max(Math.min(...all.map(smallest)), low - span));
  const limitShown =
    Number.isFinite(limit) && Math.abs(limit) <= farLimit * Math.max(Math.abs(high), Math.abs(low), 1e-300);
  if (limitShown) [low, high] = [Math.min(low, limit), Math.max(high, limit)];
  if (low > 0 && (low < 0.6 * high || !limitShown)) low = 0;
  if (low === high) [low, high] = [Math.min(0, low), Math.max(0, high) || 1];
  return { low, high: high + 0.06 * (high - low), limitShown };
}

/** At most two points a unit of width, the least and the most of each stretch: peaks stay. */
function thinned(points: readonly Point[], width: number): readonly Point[] {
  const most = 2 * Math.max(1, Math.floor(width));
  if (points.length <= most) return points;
  const each = Math.ceil((2 * points.length) / most);
  const kept: Point[] = [];
  for (let from = 0; from < points.length; from += each) {
    const part = points.slice(from, from + each);
    const ends = [...part].sort((a, b) => a[1] - b[1]);
    kept.push(...[ends[0]!, ends.at(-1)!].sort((a, b) => a[0] - b[0]));
  }
  return kept;
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
  readonly box: Box;
}

/** A line with its gaps; a point that stands alone is drawn as a short stroke. */
function lineMarks(
  series: { readonly t: ArrayLike<number>; readonly v: ArrayLike<number> },
  { x, y, box }: Scales,
  look: {
    readonly paint: 'measured' | 'forecast';
    readonly width: number;
    readonly dash?: readonly number[];
  },
): readonly Mark[] {
  const runs: Point[][] = [[]];
  for (let i = 0; i < series.t.length; i++) {
    if (Number.isFinite(series.v[i])) runs.at(-1)!.push([x(series.t[i]!), y(series.v[i]!)]);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs
    .filter(run => run.length > 0)
    .map(run => (run.length === 1 ? [[run[0]![0] - 1.5, run[0]![1]] as const, run[0]!] : run))
    .map(run => strokeMark(thinned(run, box.width), look.paint, look));
}

/** The area of an interval with its edges, which tell it from others without colour. */
function intervalMarks(
  interval: Interval,
  t: ArrayLike<number>,
  scales: Scales,
  isInner: boolean,
): readonly Mark[] {
  const { x, y } = scales;
  const upper: Point[] = [];
  const lower: Point[] = [];
  for (let i = 0; i < t.length; i++) {
    const [low, high] = [interval.lower[i]!, interval.upper[i]!];
    if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
    upper.push([x(t[i]!), y(high)]);
    lower.push([x(t[i]!), y(low)]);
  }
  if (upper.length === 0) return [];
  const outline = [...upper, ...lower.toReversed()].map(([a, b]) => `${px(a)},${px(b)}`).join('L');
  const edge = isInner ? { width: 0.8 } : { width: 0.8, dash: [1, 2.5] };
  return [
    { kind: 'path', d: `M${outline}Z`, fill: isInner ? 'inner' : 'outer', width: 0, dash: [] },
    strokeMark(upper, 'forecast', edge),
    strokeMark(lower, 'forecast', edge),
  ];
}

function limitMarks(
  { limit, unit }: ForecastFan,
  { y, box }: Scales,
  { limitShown }: Extent,
): readonly Mark[] {
  if (!Number.isFinite(limit)) return [];
  const words = `limit ${sayValue(limit, unit)}`;
  const right = box.width - box.right;
  if (!limitShown)
    return [
      textMark([right, box.top - 4], `${words}, far above this picture`, { paint: 'limit', anchor: 'end' }),
    ];
  const at = y(limit);
  const label = at - box.top > 14 ? at - 4 : at + 11;
  const line: readonly Point[] = [
    [box.left, at],
    [right, at],
  ];
  return [
    strokeMark(line, 'limit', { width: 1.8 }),
    textMark([box.left + 4, label], words, { paint: 'limit', bold: true }),
  ];
}

/** When it is full: a diamond on the limit with its date, and a bar with ends over the interval of the date. */
function fillMarks(fan: ForecastFan, { x, y, box }: Scales, end: number): readonly Mark[] {
  const { fill, limit, calendar } = fan;
  if (fill === undefined || !Number.isFinite(limit) || Number.isNaN(fill.earliest)) return [];
  const at = y(limit);
  const [from, to] = [x(fill.earliest), x(Number.isNaN(fill.latest) ? end : fill.latest)];
  const cap = (atX: number) =>
    strokeMark(
      [
        [atX, at - 5],
        [atX, at + 5],
      ],
      'full',
      { width: 1.6 },
    );
  const isOpen = Number.isNaN(fill.latest) || fill.latest > end;
  const bar = strokeMark(
    [
      [from, at],
      [Math.max(to, from + 1), at],
    ],
    'full',
    { width: 4 },
  );
  const marks = [bar, cap(from), ...(isOpen ? [] : [cap(to)])];
  if (Number.isNaN(fill.median) || fill.median > end) return marks;
  const mid = x(fill.median);
  const bottom = box.height - box.bottom;
  const diamond = `M${px(mid)},${px(at - 5)}L${px(mid + 5)},${px(at)}L${px(mid)},${px(at + 5)}L${px(mid - 5)},${px(at)}Z`;
  const words = `full on ${calendar.day(fill.median)}`;
  const room = box.width - box.right - mid > words.length * fan.fontSize * 0.56 + 8;
  return [
    strokeMark(
      [
        [mid, at],
        [mid, bottom],
      ],
      'full',
      { width: 1, dash: [6, 2, 1, 2] },
    ),
    ...marks,
    { kind: 'path', d: diamond, fill: 'paper', stroke: 'full', width: 1.5, dash: [] },
    textMark([mid + (room ? 5 : -5), bottom - 5], words, {
      paint: 'full',
      anchor: room ? 'start' : 'end',
      bold: true,
    }),
  ];
}

function todayMarks({ madeAt }: ForecastFan, { x, box }: Scales): readonly Mark[] {
  const at = x(madeAt);
  return [
    strokeMark(
      [
        [at, box.top],
        [at, box.height - box.bottom],
      ],
      'quiet',
      { width: 0.8, dash: [2, 2] },
    ),
    textMark([at, box.top - 4], 'now', { paint: 'quiet', anchor: 'middle' }),
  ];
}

/** Samples of each line, in the order of the words. */
function legendMarks(fan: ForecastFan, box: Box): readonly Mark[] {
  const y = box.height - 6;
  const step = fan.fontSize * 0.56;
  const marks: Mark[] = [];
  let at = box.left;
  const entry = (words: string, sample: (from: number) => readonly Mark[]) => {
    marks.push(...sample(at), textMark([at + 24, y], words, { paint: 'quiet' }));
    at += 24 + words.length * step + 14;
  };
  const line = (paint: 'measured' | 'forecast', dash: readonly number[]) => (from: number) => [
    strokeMark(
      [
        [from, y - 3],
        [from + 20, y - 3],
      ],
      paint,
      { width: 1.6, dash },
    ),
  ];
  entry('measured', line('measured', []));
  entry('forecast', line('forecast', [5, 3]));
  const levels = byLevel(fan.forecast);
  for (const [k, { level }] of levels.toReversed().entries()) {
    const t = [0, 1];
    const interval = { level, lower: Float64Array.of(0, 0), upper: Float64Array.of(1, 1) };
    entry(`${Math.round(100 * level)} %`, from =>
      intervalMarks(interval, t, { x: v => from + 20 * v, y: v => y + 1 - 9 * v, box }, k === 0),
    );
  }
  return marks;
}

/** What the picture shows, in sentences: for those who do not see it. */
function aboutFan({ history, forecast, limit, unit, fill, calendar }: ForecastFan): string {
  const [low, high] = [smallest(history.v), largest(history.v)];
  const last = history.v.findLast(Number.isFinite);
  const measured =
    last === undefined
      ? 'No samples were measured'
      : `Measured from ${calendar.day(history.t[0]!)} to ${calendar.day(history.t.at(-1)!)} between ${sayValue(low, unit)} and ${sayValue(high, unit)}, last ${sayValue(last, unit)}`;
  const end = forecast.t.at(-1);
  const inner = byLevel(forecast).at(-1);
  const between =
    inner === undefined
      ? ''
      : `, ${Math.round(100 * inner.level)} % between ${sayValue(inner.lower.at(-1)!, unit)} and ${sayValue(inner.upper.at(-1)!, unit)}`;
  const ahead =
    end === undefined
      ? 'There is no forecast'
      : `The forecast for ${calendar.day(end)} is ${sayValue(forecast.yhat.at(-1)!, unit)}${between}`;
  const said = [measured, ahead];
  if (Number.isFinite(limit)) said.push(`The limit is ${sayValue(limit, unit)}`);
  if (fill !== undefined && Number.isFinite(fill.median))
    said.push(`It is full on ${calendar.day(fill.median)}`);
  return `${said.join('. ')}.`;
}

/**
 * History, forecast with its intervals, limit and fill date as a picture; lines differ in dash and width as well as in
 * colour. Throws a RangeError for a size that is no number or too small.
 */
export function forecastFan(fan: ForecastFan): Picture {
  const { history, forecast, width, height, fontSize, madeAt } = fan;
  const start = Math.min(history.t[0] ?? madeAt, madeAt);
  const end = Math.max(forecast.t.at(-1) ?? madeAt, madeAt);
  checkRange({ width, height, start, end });
  const box: Box = { width, height, left: 5.4 * fontSize, right: 10, top: 16, bottom: 36 };
  const extent = extentOf(fan);
  const value = valueAxis(box, [extent.low, extent.high], fan.unit);
  const time = dayAxis(box, { start, end }, fan.calendar);
  const scales = { x: time.x, y: value.y, box };
  const levels = byLevel(forecast);
  const marks = [
    ...value.marks,
    ...time.marks,
    ...levels.flatMap((interval, k) => intervalMarks(interval, forecast.t, scales, k === levels.length - 1)),
    ...todayMarks(fan, scales),
    ...lineMarks(history, scales, { paint: 'measured', width: 1.5 }),
    ...lineMarks({ t: forecast.t, v: forecast.yhat }, scales, {
      paint: 'forecast',
      width: 1.6,
      dash: [5, 3],
    }),
    ...limitMarks(fan, scales, extent),
    ...(extent.limitShown ? fillMarks(fan, scales, end) : []),
    ...legendMarks(fan, box),
  ];
  return { title: fan.title, about: aboutFan(fan), width, height, fontSize, marks };
}
