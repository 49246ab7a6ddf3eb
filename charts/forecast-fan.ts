import type { Interval } from '../core/forecaster.ts';
import { aboutFan } from './forecast-about.ts';
import { dayAxis, strokeMark, textMark, valueAxis } from './forecast-axes.ts';
import { byLevel, type ForecastFan, largest, type Point, type Scales, smallest } from './forecast-course.ts';
import { fillMarks, limitMarks } from './forecast-limit.ts';
import type { Mark, Picture } from './forecast-picture.ts';
import { type Box, checkRange, px } from './frame.ts';

/** A limit so many times above all values would press them flat: then it is said, not drawn. */
const farLimit = 4;

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
  { x, y, paint }: Pick<Scales, 'x' | 'y'> & { readonly paint: 'inner' | 'outer' },
): readonly Mark[] {
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
  const edge = paint === 'inner' ? { width: 0.8 } : { width: 0.8, dash: [1, 2.5] };
  return [
    { kind: 'path', d: `M${outline}Z`, fill: paint, width: 0, dash: [] },
    strokeMark(upper, 'forecast', edge),
    strokeMark(lower, 'forecast', edge),
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
    const paint = k === 0 ? ('inner' as const) : ('outer' as const);
    entry(`${Math.round(100 * level)} %`, from =>
      intervalMarks(interval, t, { x: v => from + 20 * v, y: v => y + 1 - 9 * v, paint }),
    );
  }
  return marks;
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
    ...levels.flatMap((interval, k) =>
      intervalMarks(interval, forecast.t, { ...scales, paint: k === levels.length - 1 ? 'inner' : 'outer' }),
    ),
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
