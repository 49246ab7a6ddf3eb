import { scaleLinear, scaleUtc } from 'd3-scale';
import type { Calendar } from '../core/say-day.ts';
import { sayValue } from '../core/say-value.ts';
import type { Mark, Paint } from './forecast-picture.ts';
import { type Box, px } from './frame.ts';

type Scale = (value: number) => number;

/** A line through points. */
export function strokeMark(
  points: readonly (readonly [x: number, y: number])[],
  stroke: Paint,
  look: { readonly width: number; readonly dash?: readonly number[] },
): Mark {
  const d = points.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${px(x)},${px(y)}`).join('');
  return { kind: 'path', d, stroke, width: look.width, dash: look.dash ?? [] };
}

/** A line of text. */
export function textMark(
  at: readonly [x: number, y: number],
  text: string,
  look: {
    readonly paint?: Paint;
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly bold?: boolean;
  } = {},
): Mark {
  const { paint = 'text', anchor = 'start', bold = false } = look;
  return { kind: 'text', x: at[0], y: at[1], text, paint, anchor, bold };
}

/** Seconds are said in larger units that are no powers of ten: ticks are to be round in what is said. */
function stepSize(unit: string, high: number): number {
  const seconds = unit === 's' ? 1 : unit === 'ms' ? 1000 : 0;
  return [86_400, 3600, 60].map(size => size * seconds).find(size => size > 0 && high >= 2 * size) ?? 1;
}

/** The axis of values with its grid; what lies outside of `domain` is drawn at its end. */
export function valueAxis(
  box: Box,
  domain: readonly [number, number],
  unit: string,
): { readonly marks: readonly Mark[]; readonly y: Scale } {
  const bottom = box.height - box.bottom;
  const [low, high] = domain;
  const size = stepSize(unit, high);
  const scale = scaleLinear().domain(domain).range([bottom, box.top]);
  const ticks = scaleLinear()
    .domain([low / size, high / size])
    .ticks(4)
    .map(tick => tick * size);
  const marks = ticks.flatMap(tick => {
    const at = scale(tick);
    const line: readonly (readonly [number, number])[] = [
      [box.left, at],
      [box.width - box.right, at],
    ];
    return [
      strokeMark(line, 'grid', { width: 0.5 }),
      textMark([box.left - 5, at + 3], sayValue(tick, unit), { paint: 'quiet', anchor: 'end' }),
    ];
  });
  return { marks, y: value => scale(Math.min(Math.max(value, low), high)) };
}

const day = 86_400_000;
const steps = [1, 2, 7, 14, 28] as const;

/** Beginnings of days, or of months over a long range, at most `most` of them. */
function ticksOf(
  range: { readonly start: number; readonly end: number },
  most: number,
  calendar: Calendar,
): number[] {
  const { start, end } = range;
  const days = (end - start) / day;
  const step = steps.find(each => days / each <= most);
  const ticks: number[] = [];
  if (step !== undefined) {
    // Noon of each day: a clock change moves it over no border of a day.
    for (let t = calendar.startOfDay(start) + day / 2; t <= end + day; t += step * day)
      ticks.push(calendar.startOfDay(t));
    return ticks.filter(t => t >= start && t <= end);
  }
  for (let t = calendar.startOfDay(start) + day / 2; t <= end; t += day)
    if (calendar.dayOfMonth(t) === 1) ticks.push(calendar.startOfDay(t));
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((t, k) => k % every === 0 && t >= start);
}

/** The axis of time in the reader's zone, with its grid. */
export function dayAxis(
  box: Box,
  range: { readonly start: number; readonly end: number },
  calendar: Calendar,
): { readonly marks: readonly Mark[]; readonly x: Scale } {
  const { start, end } = range;
  const right = box.width - box.right;
  const scale = scaleUtc()
    .domain([start, end > start ? end : start + 1])
    .range([box.left, right]);
  const bottom = box.height - box.bottom;
  const most = Math.max(2, Math.floor((right - box.left) / 64));
  const ticks = ticksOf(range, most, calendar);
  const long = ticks.length > 1 && ticks[1]! - ticks[0]! > 29 * day;
  const marks = ticks.flatMap(tick => {
    const at = scale(tick);
    const line: readonly (readonly [number, number])[] = [
      [at, bottom],
      [at, bottom + 3],
    ];
    const label = long ? calendar.shortMonth(tick) : calendar.shortDay(tick);
    const inside = Math.min(Math.max(at, box.left + 14), right - 14);
    return [
      strokeMark(line, 'quiet', { width: 0.7 }),
      textMark([inside, bottom + 13], label, { paint: 'quiet', anchor: 'middle' }),
    ];
  });
  const base: readonly (readonly [number, number])[] = [
    [box.left, bottom],
    [right, bottom],
  ];
  return {
    marks: [strokeMark(base, 'quiet', { width: 0.7 }), ...marks],
    x: t => scale(Math.min(Math.max(t, start), end)),
  };
}
