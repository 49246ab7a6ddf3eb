import { type HolidayCalendar, holidayCalendars } from '../forecasters/holiday-calendar.ts';

const yearOf = (t: number) => new Date(t).getUTCFullYear();

/** The calendars of `places` between two times (ms). A place that is not known is told and left out: the others still count. */
export async function knownCalendars(
  places: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  warn: (message: string) => void,
): Promise<readonly HolidayCalendar[]> {
  const calendars: HolidayCalendar[] = [];
  for (const place of places) {
    try {
      calendars.push(...(await holidayCalendars([place], { from: yearOf(from), to: yearOf(to) })));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      warn(`forecast.holidays: ${error.message}; it is left out`);
    }
  }
  return calendars;
}
