/** Dates as a reader in one time zone says them; all times in ms. */
export interface Calendar {
  readonly timeZone: string;
  /** `14 March`, with the year where it is another one than that of the report. */
  day(ms: number): string;
  /** `14 Mar`. */
  shortDay(ms: number): string;
  /** `Mar 2027`. */
  shortMonth(ms: number): string;
  /** `9 to 22 March`, `28 February to 3 March`. */
  days(from: number, to: number): string;
  /** `Monday, 30 November 2026, 08:00`. */
  moment(ms: number): string;
  /** `30 Nov, 08:05`. */
  shortMoment(ms: number): string;
  /** Day of the month, 1 to 31. */
  dayOfMonth(ms: number): number;
  /** When the day began. */
  startOfDay(ms: number): number;
}

type Part = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;

function partsOf(format: Intl.DateTimeFormat, ms: number): Part {
  const parts: Part = {};
  for (const { type, value } of format.formatToParts(ms)) parts[type] = value;
  return parts;
}

function formatIn(timeZone: string, fields: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...fields,
  });
}

/** How far the clocks of a zone are ahead of UTC at a time, ms. */
function offsetIn(clock: Intl.DateTimeFormat, ms: number): number {
  const { year, month, day, hour, minute, second } = partsOf(clock, ms);
  const shown = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, m = 1, d = 1, h = 0, min = 0, s = 0] = shown;
  return Date.UTC(y, m - 1, d, h, min, s) - Math.floor(ms / 1000) * 1000;
}

/** From one day to another one, `last` in words: what both share is said once. */
function sayDays(from: Part, to: Part, last: string): string {
  const sameYear = from.year === to.year;
  if (sameYear && from.month === to.month) return from.day === to.day ? last : `${from.day} to ${last}`;
  return `${from.day} ${from.month}${sameYear || last.endsWith(to.year!) ? '' : ` ${from.year}`} to ${last}`;
}

const dayLength = 86_400_000;

/**
 * The calendar of a time zone (IANA name) for a text that is written at `now` (ms). Throws a RangeError for a zone that is
 * not known.
 */
export function calendarOf(timeZone: string, now: number): Calendar {
  const long = formatIn(timeZone, { day: 'numeric', month: 'long', year: 'numeric', weekday: 'long' });
  const short = formatIn(timeZone, { day: 'numeric', month: 'short', year: 'numeric' });
  const clock = formatIn(timeZone, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const thisYear = partsOf(long, now).year;
  const day = (ms: number) => {
    const parts = partsOf(long, ms);
    return `${parts.day} ${parts.month}${parts.year === thisYear ? '' : ` ${parts.year}`}`;
  };
  const timeOf = (ms: number) => {
    const { hour, minute } = partsOf(clock, ms);
    return `${hour}:${minute}`;
  };
  // Names of months are cut to three letters: those of ICU change between its versions.
  const shortMonthOf = (ms: number) => partsOf(short, ms).month!.slice(0, 3);
  const shortDay = (ms: number) => `${partsOf(short, ms).day} ${shortMonthOf(ms)}`;
  return {
    timeZone,
    day,
    shortDay,
    shortMonth: ms => `${shortMonthOf(ms)} ${partsOf(short, ms).year}`,
    days: (from, to) => sayDays(partsOf(long, from), partsOf(long, to), day(to)),
    moment(ms) {
      const parts = partsOf(long, ms);
      return `${parts.weekday}, ${parts.day} ${parts.month} ${parts.year}, ${timeOf(ms)}`;
    },
    shortMoment: ms => `${shortDay(ms)}, ${timeOf(ms)}`,
    dayOfMonth: ms => Number(partsOf(long, ms).day),
    startOfDay(ms) {
      const offset = offsetIn(clock, ms);
      const began = Math.floor((ms + offset) / dayLength) * dayLength;
      return began - offsetIn(clock, began - offset);
    },
  };
}
