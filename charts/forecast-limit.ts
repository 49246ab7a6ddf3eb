import { sayValue } from '../core/say-value.ts';
import { strokeMark, textMark } from './forecast-axes.ts';
import type { ForecastFan, Point, Scales } from './forecast-course.ts';
import type { Mark } from './forecast-picture.ts';
import { px } from './frame.ts';

/** The limit with its value; in words only where it lies far above. */
export function limitMarks(
  { limit, unit }: ForecastFan,
  { y, box }: Scales,
  { limitShown }: { readonly limitShown: boolean },
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

/** A straight line between two points. */
function segment(
  from: Point,
  to: Point,
  look: { readonly width: number; readonly dash?: readonly number[] },
): Mark {
  return strokeMark([from, to], 'full', look);
}

/** The date with its words, on a line down to the axis of time. */
function dateMarks(fan: ForecastFan, { box }: Scales, [mid, at]: Point): readonly Mark[] {
  const bottom = box.height - box.bottom;
  const diamond = `M${px(mid)},${px(at - 5)}L${px(mid + 5)},${px(at)}L${px(mid)},${px(at + 5)}L${px(mid - 5)},${px(at)}Z`;
  const words = `${fan.ends === 'expires' ? 'expires' : 'full'} on ${fan.calendar.day(fan.fill!.median)}`;
  const hasRoom = box.width - box.right - mid > words.length * fan.fontSize * 0.56 + 8;
  const place = hasRoom ? { at: mid + 5, anchor: 'start' as const } : { at: mid - 5, anchor: 'end' as const };
  return [
    segment([mid, at], [mid, bottom], { width: 1, dash: [6, 2, 1, 2] }),
    { kind: 'path', d: diamond, fill: 'paper', stroke: 'full', width: 1.5, dash: [] },
    textMark([place.at, bottom - 5], words, { paint: 'full', anchor: place.anchor, bold: true }),
  ];
}

/** When it is full: a diamond on the limit with its date, and a bar with ends over the interval of the date; `end` is that of the axis. */
export function fillMarks(fan: ForecastFan, scales: Scales, end: number): readonly Mark[] {
  const { fill, limit } = fan;
  if (fill === undefined || !Number.isFinite(limit) || Number.isNaN(fill.earliest)) return [];
  const { x, y } = scales;
  const at = y(limit);
  const isOpen = Number.isNaN(fill.latest) || fill.latest > end;
  const [from, to] = [x(fill.earliest), x(isOpen ? end : fill.latest)];
  const cap = (mid: number) => segment([mid, at - 5], [mid, at + 5], { width: 1.6 });
  const bar = segment([from, at], [Math.max(to, from + 1), at], { width: 4 });
  const date = fill.median <= end ? dateMarks(fan, scales, [x(fill.median), at]) : [];
  return [bar, cap(from), ...(isOpen ? [] : [cap(to)]), ...date];
}
