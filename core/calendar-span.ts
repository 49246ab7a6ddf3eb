/** Both ends belong to it. */
export type Span = readonly [begin: number, end: number];

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

const weekday = { from: 0, to: 6, like: 'monday or monday:friday (the week begins on sunday)' };
const month = { from: 1, to: 12, like: 'january or 1:3' };
const year = { from: 1, to: 9999, like: '2026 or 2026:2027' };

/** `monday` or `monday:friday`, 0 is Sunday. Throws a RangeError, as all of these do, that says what would do. */
export const weekdaySpan = (text: string): Span => ascending(text, weekdayOf, weekday);
/** `january`, `1` or `march:5`; 1 is January. */
export const monthSpan = (text: string): Span => ascending(text, monthOf, month);
/** `2026` or `2026:2027`. */
export const yearSpan = (text: string): Span => ascending(text, wholeNumber, year);

/** Days of a month, negative ones counted from its end. Refuses only a range that no month could hold. */
export function daySpan(text: string): Span {
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

/** Minutes of a day from the start to before the end. */
export function timeOfDaySpan(times: { readonly start_time: string; readonly end_time: string }): Span {
  const { start_time, end_time } = times;
  const [begin, end] = [minuteOf(start_time), minuteOf(end_time)];
  if (begin >= end)
    throw new RangeError(
      `${start_time} to ${end_time} is empty or crosses midnight: write it as two, until 24:00 and from 00:00`,
    );
  return [begin, end - 1];
}
