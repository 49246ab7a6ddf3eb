/** What people write in their configs, in seconds: what is measured is off by a sample. */
const written = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800];
/** Clearly rarer than expected: what is read back to two intervals then has holes. */
const clearly = 1.5;

/** Samples of a series that a query of its spacing reads where one comes every 15 s: all of an hour, and two a minute. */
export const samplesOfSpacing = 240 + 2 * 55;

/** A query for when samples of a selector in the last hour come first or last, in seconds of Unix time, a series. */
export const edgeOf = (selector: string, edge: 'min' | 'max'): string =>
  `${edge}_over_time(timestamp(${selector})[55m:1m])`;

/**
 * A query for the seconds from one sample of a selector to the next, on most series: the span of those of the last hour by
 * their number. Prometheus looks five minutes back, so the earliest that is seen is the earliest of the hour. It answers nothing
 * where no series has two samples.
 */
export function spacingOf(selector: string): string {
  const span = `${edgeOf(selector, 'max')} - ${edgeOf(selector, 'min')}`;
  return `quantile(0.5, (${span}) / (count_over_time(${selector}[1h]) - 1 > 0))`;
}

/** The interval that people write, ms, for samples that are so many seconds apart; undefined where nobody knows. */
export function intervalOf(seconds: number | undefined): number | undefined {
  if (seconds === undefined || !(seconds > 0)) return undefined;
  const off = (each: number) => Math.abs(Math.log(each / seconds));
  return 1000 * written.reduce((best, each) => (off(each) < off(best) ? each : best));
}

/** Whether samples come clearly more rarely than they are looked for; both in ms. */
export function isRarer(interval: number, expected: number): boolean {
  return interval >= clearly * expected;
}
