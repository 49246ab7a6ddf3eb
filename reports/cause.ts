import type { CapacityForecast, GrowthCause } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayList, saySignal } from '../core/say-name.ts';
import { sayValue } from '../core/say-value.ts';
import { clipped, visibleText } from '../core/visible-text.ts';
import { isExpiry } from './expiry.ts';
import { growthPerDay } from './growth.ts';

/** Names that the methods of a forecast have for what no regressor explains. */
const ownGrowth = /^(own[ _])?(trend|growth|level|drift|slope)$/i;

function sayCause({ name, amount }: GrowthCause, unit: string): string {
  const who = ownGrowth.test(name) ? 'its own growth' : clipped(visibleText(saySignal(name)), 60);
  return `${who} ${amount < 0 ? 'takes' : 'adds'} ${sayValue(Math.abs(amount), unit)}`;
}

function sayGrowth(forecast: CapacityForecast): string {
  const growth = growthPerDay(forecast);
  if (Number.isNaN(growth)) return 'no growth can be told';
  const level = Math.abs(forecast.history.v.findLast(Number.isFinite) ?? 0);
  if (Math.abs(growth) * 30 <= 0.005 * level) return 'steady';
  return `${growth > 0 ? 'grows' : 'shrinks'} by ${sayValue(Math.abs(growth), forecast.unit)} a day`;
}

/** What is behind the way it goes: regressors and own growth with their amounts, those that push most; else its slope. */
export function causeOf(forecast: CapacityForecast, calendar: Calendar): string {
  if (isExpiry(forecast.resource)) return 'its lifetime goes by';
  const growth = sayGrowth(forecast);
  const pushing = forecast.causes.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount);
  const total = pushing.reduce((sum, { amount }) => sum + amount, 0);
  const told = pushing.filter(({ amount }) => amount >= 0.1 * total).slice(0, 2);
  const end = forecast.forecast.t.at(-1);
  if (told.length === 0 || end === undefined || growth === 'steady') return growth;
  const causes = sayList(told.map(cause => sayCause(cause, forecast.unit)));
  return `${growth}: ${causes} by ${calendar.day(end)}`;
}
