import type { HolidayOptions } from './prophet-options.ts';

/** Years, both included. */
export interface YearSpan {
  readonly from: number;
  readonly to: number;
}

/** The library's calendars are megabytes: they are loaded by the first one who asks. */
async function calendarOf(place: string) {
  const { default: Holidays } = await import('date-holidays');
  const [country = '', state, region] = place.split('-');
  const calendar = new Holidays();
  if (!Object.hasOwn(calendar.getCountries(), country))
    throw new RangeError(`no holidays are known of "${place}": write a country as DE, a part of it as DE-BY`);
  if (state !== undefined && !Object.hasOwn(calendar.getStates(country) ?? {}, state))
    throw new RangeError(`no part "${state}" of ${country} is known, in "${place}"`);
  calendar.init({ country, ...(state && { state }), ...(region && { region }) }, { languages: ['en'] });
  return calendar;
}

/**
 * Public holidays of a country (`DE`) or a part of it (`DE-BY`), for `holidays` of `prophet`: one effect a holiday, on each of its
 * days in these years. Rejects with a RangeError for a place that is not known.
 */
export async function countryHolidays(
  place: string,
  { from, to }: YearSpan,
): Promise<readonly HolidayOptions[]> {
  const calendar = await calendarOf(place);
  const dates = new Map<string, string[]>();
  for (let year = from; year <= to; year++) {
    for (const { name, date, type } of calendar.getHolidays(year, 'en')) {
      if (type !== 'public') continue;
      const known = dates.get(name);
      if (known === undefined) dates.set(name, [date.slice(0, 10)]);
      else known.push(date.slice(0, 10));
    }
  }
  return [...dates].map(([name, days]) => ({ name, dates: days, before: 0, after: 0, prior: undefined }));
}
