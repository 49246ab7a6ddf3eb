export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Months by `codeOf` their first three letters. */
export const months = new Map(
  'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ').map((name, k) => [codeOf(name, 0), k + 1]),
);
export const weekdays = new Set('mon tue wed thu fri sat sun'.split(' ').map(name => codeOf(name, 0)));

/** Three letters from a place on, in lower case, as one number. */
export function codeOf(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) | 32) << 16) |
    ((text.charCodeAt(at + 1) | 32) << 8) |
    (text.charCodeAt(at + 2) | 32)
  );
}

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

export function isLetter(c: number): boolean {
  const lower = c | 32;
  return lower >= 97 && lower <= 122;
}

/** Days from 1970 to a day of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms", 2013). */
export function daysOf(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
