import type { CapacityForecast } from '../core/capacity.ts';
import { sayValue } from '../core/say-value.ts';
import { day } from './capacity-reads.ts';

/** How near the end of a resource is, as it is told. */
export interface CapacityLevel {
  readonly level: 'none' | 'warning' | 'critical';
  /** Since when, ms. */
  readonly since: number;
}

/** Times to the date of full, ms. */
export interface CapacityThresholds {
  readonly warning: number;
  readonly critical: number;
}

/** A level is left at so many times the time at which it is reached: a date that moves by a day is no news. */
const leaving = 1.5;

/** Days until it is full at `now`: 0 or less is over already, Infinity not within the horizon, undefined cannot tell. */
export function daysUntilFull(
  { exhaustion, history, limit }: CapacityForecast,
  now: number,
): number | undefined {
  if (exhaustion.state === 'fills') {
    const { median } = exhaustion.date;
    return Number.isNaN(median) ? Number.POSITIVE_INFINITY : (median - now) / day;
  }
  if (exhaustion.state === 'unknown') return undefined;
  if (exhaustion.state === 'clear') return Number.POSITIVE_INFINITY;
  const last = history.v.findLastIndex(value => value < limit);
  return Math.min(0, ((history.t[last + 1] ?? now) - now) / day);
}

/** The level after a new forecast. What cannot be told changes nothing: it is no recovery. */
export function levelAfter(
  before: CapacityLevel,
  forecast: CapacityForecast,
  { warning, critical }: CapacityThresholds,
): CapacityLevel {
  const now = forecast.madeAt;
  const days = daysUntilFull(forecast, now);
  if (days === undefined) return before;
  const within = (time: number, held: boolean) => days * day <= (held ? leaving : 1) * time;
  const level = within(critical, before.level === 'critical')
    ? 'critical'
    : within(warning, before.level !== 'none')
      ? 'warning'
      : 'none';
  return level === before.level ? before : { level, since: now };
}

const sayDate = (t: number) => (Number.isNaN(t) ? 'later' : new Date(t).toISOString().slice(0, 10));

/** What is told of a resource that is full soon: when, how sure, how much of it is left, and what to do. */
export function sayCapacity(forecast: CapacityForecast, action: string): string {
  const { entity, resource, exhaustion, history, limit, unit } = forecast;
  const used = history.v.findLast(value => Number.isFinite(value)) ?? Number.NaN;
  const what = `${resource} of ${Object.values(entity).join(' ')}`;
  const now = `${sayValue(used, unit)} of ${sayValue(limit, unit)} are used`;
  if (exhaustion.state !== 'fills') return `${what}: ${exhaustion.reason}; ${now}. ${action}`.trim();
  const { median, earliest, latest } = exhaustion.date;
  const span = `80 %: ${sayDate(earliest)} to ${sayDate(latest)}`;
  return `${what} is full on ${sayDate(median)} (${span}); ${now}. ${action}`.trim();
}
