/** ms. */
export const hour = 3_600_000;
export const hoursOfWeek = 168;

/**
 * One place hour by hour, a service or the whole. Row i is the moment from + i h; what is said at a row was known by then, only
 * `begun` tells what came after it.
 */
export interface HourlyPast {
  readonly name: string;
  /** A full hour, ms. */
  readonly from: number;
  /** How many rows. */
  readonly rows: number;
  /** When incidents began, ms, ascending. */
  readonly begun: Float64Array;
  /** When they became known, ms, ascending. */
  readonly known: Float64Array;
  /** How much was going on in the hour before each row: openings, alerts. NaN is unknown. */
  readonly activity: Float64Array;
  /** What else was known at each row, one column a signal; NaN is missing. */
  readonly signals: readonly Float64Array[];
}

/** A signal beside the incidents, and how a person says its value. */
export interface OddsSignal {
  readonly name: string;
  say(value: number): string;
}

/** 0 is Monday, 0:00 UTC; a week has 168. */
export function hourOfWeek(t: number): number {
  return (Math.floor(t / hour) + 72) % hoursOfWeek;
}

/** How many of `times` (ascending) are before `t`. */
export function countBefore(times: Float64Array, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of `times` lie in the `hours` before each row; a negative number looks ahead. */
export function countsAround({ from, rows }: HourlyPast, times: Float64Array, hours: number): Float64Array {
  const sign = Math.sign(hours);
  return Float64Array.from({ length: rows }, (_, i) => {
    const t = from + i * hour;
    return sign * (countBefore(times, t) - countBefore(times, t - hours * hour));
  });
}

/** 1 where an incident began within the `ahead` hours after a row. */
export function outcomes(past: HourlyPast, ahead: number): Float64Array {
  return countsAround(past, past.begun, -ahead).map(count => (count > 0 ? 1 : 0));
}

/** How many rows of a past lie before `t`, and their labels `ahead` hours later too. */
export function decidedRows({ from, rows }: HourlyPast, t: number, ahead: number): number {
  return Math.max(0, Math.min(rows, Math.floor((t - from) / hour) - ahead + 1));
}
