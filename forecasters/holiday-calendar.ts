import { countryHolidays, type YearSpan } from './country-holidays.ts';

const day = 86_400_000;

/** The public holidays of a place as days since 1970. */
export interface HolidayCalendar {
  /** `DE` or `DE-BY`. */
  readonly place: string;
  readonly days: ReadonlySet<number>;
}

/** The calendars of places, each once. Rejects with a RangeError for a place that is not known. */
export async function holidayCalendars(
  places: readonly string[],
  years: YearSpan,
): Promise<readonly HolidayCalendar[]> {
  const calendars: HolidayCalendar[] = [];
  for (const place of new Set(places)) {
    const dates = (await countryHolidays(place, years)).flatMap(holiday => holiday.dates);
    calendars.push({ place, days: new Set(dates.map(date => Date.parse(date) / day)) });
  }
  return calendars;
}
