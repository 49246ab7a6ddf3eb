import {
  daySpan,
  monthSpan,
  type Span,
  timeOfDaySpan,
  weekdaySpan,
  yearSpan,
} from '../core/calendar-span.ts';
import { type LocalTime, localClock } from './local-time.ts';

/**
 * Times in Alertmanager's form: what is given must all hold, of each list one item; a list that is empty or left out
 * holds always. `times` include the start, not the end; ranges of days, months and years include both ends.
 */
export interface TimeInterval {
  /** `09:00` to `17:00`; the end of the day is `24:00`. */
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  /** `monday` or `monday:friday`; the week begins on Sunday. */
  readonly weekdays?: readonly string[];
  /** `1`, `1:5`, or from the end of the month: `-1`, `-3:-1`. */
  readonly days_of_month?: readonly string[];
  /** `january`, `1` or `march:5`. */
  readonly months?: readonly string[];
  /** `2026` or `2026:2027`. */
  readonly years?: readonly string[];
  /** Time zone, IANA name; UTC when left out. */
  readonly location?: string;
}

type Holds = (local: LocalTime) => boolean;
function anyOf(spans: readonly Span[], value: (local: LocalTime) => number): Holds {
  if (spans.length === 0) return () => true;
  return local => {
    const v = value(local);
    return spans.some(([begin, end]) => begin <= v && v <= end);
  };
}

function anyDayOf(spans: readonly Span[]): Holds {
  if (spans.length === 0) return () => true;
  return ({ day, daysInMonth }) => {
    const inMonth = (n: number) => (n < 0 ? daysInMonth + n + 1 : n);
    return spans.some(([begin, end]) => inMonth(begin) <= day && day <= inMonth(end));
  };
}

function compileOne(interval: TimeInterval): (t: number) => boolean {
  const { times = [], days_of_month: days = [], years = [], location = 'UTC' } = interval;
  const conditions = [
    anyOf(times.map(timeOfDaySpan), local => local.minute),
    anyOf((interval.weekdays ?? []).map(weekdaySpan), local => local.weekday),
    anyDayOf(days.map(daySpan)),
    anyOf((interval.months ?? []).map(monthSpan), local => local.month),
    anyOf(years.map(yearSpan), local => local.year),
  ];
  const clock = localClock(location);
  return t => {
    const local = clock(t);
    return conditions.every(holds => holds(local));
  };
}

/** Checked once, asked often: true at the times (ms) that any of the intervals holds. Throws a RangeError for a mistake. */
export function compileIntervals(intervals: readonly TimeInterval[]): (t: number) => boolean {
  const compiled = intervals.map(compileOne);
  return t => compiled.some(holds => holds(t));
}

/** True when `t` (ms) lies in any of the intervals. Throws a RangeError for a mistake in one of them. */
export function activeInterval(intervals: readonly TimeInterval[], t: number): boolean {
  return compileIntervals(intervals)(t);
}
