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
type Span = readonly [begin: number, end: number];

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const wholeNumber = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN);
const weekdayOf = (text: string) => (weekdays.includes(text) ? weekdays.indexOf(text) : Number.NaN);
const monthOf = (text: string) => (months.includes(text) ? months.indexOf(text) + 1 : wholeNumber(text));

/** Reads `a` or `a:b`, both within `from` to `to`. Throws a RangeError with an example of what would do. */
function span(
  text: string,
  read: (item: string) => number,
  allowed: { readonly from: number; readonly to: number; readonly like: string },
): Span {
  const items = text.toLowerCase().split(':');
  const [begin = Number.NaN, end = begin] = items.map(item => read(item.trim()));
  const within = (n: number) => n >= allowed.from && n <= allowed.to;
  if (items.length > 2 || !within(begin) || !within(end))
    throw new RangeError(`"${text}" will not do: write it like ${allowed.like}`);
  return [begin, end];
}

/** Like `span`, with the end not before the begin. */
function ascending(...given: Parameters<typeof span>): Span {
  const [begin, end] = span(...given);
  if (begin > end) throw new RangeError(`"${given[0]}" ends before it begins: write it as two ranges`);
  return [begin, end];
}

/** Days of a month, negative ones counted from its end. Refuses only a range that no month could hold. */
function daySpan(text: string): Span {
  const [begin, end] = span(text, wholeNumber, { from: -31, to: 31, like: '1:5 or -1' });
  const inLongest = (day: number) => (day < 0 ? 32 + day : day);
  if (begin === 0 || end === 0) throw new RangeError(`"${text}" will not do: days begin at 1 or -1`);
  if ((begin < 0 && end > 0) || inLongest(begin) > inLongest(end))
    throw new RangeError(`"${text}" ends before it begins: write it as two ranges`);
  return [begin, end];
}

function minuteOf(text: string): number {
  if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text))
    throw new RangeError(`"${text}" is not a time of day: write it like 09:00`);
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function timeSpan({
  start_time,
  end_time,
}: {
  readonly start_time: string;
  readonly end_time: string;
}): Span {
  const [begin, end] = [minuteOf(start_time), minuteOf(end_time)];
  if (begin >= end)
    throw new RangeError(
      `${start_time} to ${end_time} is empty or crosses midnight: write it as two, until 24:00 and from 00:00`,
    );
  return [begin, end - 1];
}

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
  const weekday = { from: 0, to: 6, like: 'monday or monday:friday (the week begins on sunday)' };
  const month = { from: 1, to: 12, like: 'january or 1:3' };
  const year = { from: 1, to: 9999, like: '2026 or 2026:2027' };
  const conditions = [
    anyOf(times.map(timeSpan), local => local.minute),
    anyOf(
      (interval.weekdays ?? []).map(text => ascending(text, weekdayOf, weekday)),
      local => local.weekday,
    ),
    anyDayOf(days.map(daySpan)),
    anyOf(
      (interval.months ?? []).map(text => ascending(text, monthOf, month)),
      local => local.month,
    ),
    anyOf(
      years.map(text => ascending(text, wholeNumber, year)),
      local => local.year,
    ),
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
