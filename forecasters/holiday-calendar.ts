import { countryHolidays, type YearSpan } from './country-holidays.ts';

const day = 86_400_000;

/** The public holidays of a place as days since 1970. */
export interface HolidayCalendar {
  /** `DE` or `DE-BY`. */
  readonly place: string;
  readonly days: ReadonlySet<number>;
  /** The same days by the name of the holiday, each of them once. */
  readonly named: ReadonlyMap<string, ReadonlySet<number>>;
}

/** The calendars of places, each once. Rejects with a RangeError for a place that is not known. */
export async function holidayCalendars(
  places: readonly string[],
  years: YearSpan,
): Promise<readonly HolidayCalendar[]> {
  const calendars: HolidayCalendar[] = [];
  for (const place of new Set(places)) {
    const days = new Set<number>();
    const named = new Map<string, Set<number>>();
    for (const { name, dates } of await countryHolidays(place, years)) {
      const own = dates.map(date => Date.parse(date) / day).filter(date => !days.has(date));
      for (const date of own) days.add(date);
      named.set(name, new Set(own));
    }
    calendars.push({ place, days, named });
  }
  return calendars;
}
