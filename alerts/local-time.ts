/** What calendar and clock of a place show. `weekday` 0 = Sunday, `month` 1 = January, `minute` of the day. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly minute: number;
  readonly daysInMonth: number;
}

/**
 * The clock of a time zone (IANA name): ms since the epoch -> local time. An hour that a clock change skips is never
 * shown, one that it repeats is shown twice. Throws a RangeError for a zone that is not known.
 */
export function localClock(location: string): (t: number) => LocalTime {
  const format = formatOf(location);
  return t => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(t)) shown[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = shown;
    return {
      year,
      month,
      day,
      weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
      minute: hour * 60 + minute,
      daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    };
  };
}

function formatOf(location: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: location,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  } catch (cause) {
    throw new RangeError(`location "${location}" is not a time zone: write it like Europe/Berlin`, { cause });
  }
}
