import type { CapacityForecast } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayValue } from '../core/say-value.ts';
import { growthPerDay } from './growth.ts';
import type { Answer } from './verdict.ts';

const day = 86_400_000;

/** What one does about a resource of a kind: `amount` is said with its unit, `when` is a deadline or empty. */
type Advice = (amount: string, when: string) => string;

const advices: readonly (readonly [kind: RegExp, advice: Advice])[] = [
  [/cert|expir/i, (_, when) => `Renew it${when}`],
  [
    /filesystem|disk|storage|volume|inode|tablespace|wal\b/i,
    (amount, when) => `Free or add ${amount}${when}`,
  ],
  [/memory|heap|ram\b/i, (amount, when) => `Add ${amount} of memory, or find what grows${when}`],
  [/cpu/i, (amount, when) => `Add ${amount} of CPU, or move load away${when}`],
  [/partition|shard/i, (amount, when) => `Add ${amount} of partitions, or move load away${when}`],
  [
    /connection|session|handle|file|pool|quota|thread|limit/i,
    (amount, when) => `Raise the limit by ${amount}, or find what holds them${when}`,
  ],
  [/queue|lag|backlog/i, (amount, when) => `Add consumers or room for ${amount}${when}`],
];
const general: Advice = (amount, when) => `Add ${amount} or reduce the load${when}`;

/** How far it will be over its limit by a time as it grows now; NaN when that is unknown. */
function shortBy(forecast: CapacityForecast, span: number): number {
  const used = forecast.history.v.findLast(Number.isFinite) ?? Number.NaN;
  const growth = growthPerDay(forecast);
  return used + (Number.isNaN(growth) ? 0 : Math.max(0, growth * (span / day))) - forecast.limit;
}

function deadline({ exhaustion }: CapacityForecast, madeAt: number, calendar: Calendar): string {
  if (exhaustion.state !== 'fills') return ' now';
  const { earliest, median } = exhaustion.date;
  const by = Number.isFinite(earliest) ? earliest : median;
  if (!Number.isFinite(by)) return '';
  return calendar.day(by) === calendar.day(madeAt) || by < madeAt ? ' now' : ` before ${calendar.day(by)}`;
}

/**
 * What to do: how much the days ahead need beyond the limit as it grows now, and by when. Empty where there is nothing to do.
 */
export function actionOf(
  forecast: CapacityForecast,
  { verdict }: Answer,
  how: { readonly madeAt: number; readonly ahead: number; readonly calendar: Calendar },
): string {
  if (verdict === 'unknown') return 'See why it cannot be told';
  if (verdict === 'later' || verdict === 'clear') return '';
  const { madeAt, ahead, calendar } = how;
  const advice = advices.find(([kind]) => kind.test(forecast.resource))?.[1] ?? general;
  const short = shortBy(forecast, ahead);
  const amount = short > 0 ? sayValue(short, forecast.unit) : 'some room';
  return advice(amount, deadline(forecast, madeAt, calendar));
}
