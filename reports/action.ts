import type { CapacityForecast } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayValue } from '../core/say-value.ts';
import type { Answer } from './verdict.ts';

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

/** How far the upper end of the 80 % interval, or the forecast itself, is over the limit at a time; NaN when unknown. */
function shortBy({ forecast, limit, history }: CapacityForecast, until: number): number {
  const inner = [...forecast.intervals].sort((a, b) => Math.abs(a.level - 0.8) - Math.abs(b.level - 0.8))[0];
  const upper = inner?.upper ?? forecast.yhat;
  const reached = [...forecast.t].findLastIndex(t => t <= until);
  const ahead = upper
    .subarray(0, reached + 1)
    .reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
  const now = history.v.findLast(Number.isFinite) ?? Number.NaN;
  const most = Math.max(ahead, Number.isNaN(now) ? Number.NEGATIVE_INFINITY : now);
  return most - limit;
}

function deadline({ exhaustion }: CapacityForecast, madeAt: number, calendar: Calendar): string {
  if (exhaustion.state !== 'fills') return ' now';
  const { earliest, median } = exhaustion.date;
  const by = Number.isFinite(earliest) ? earliest : median;
  if (!Number.isFinite(by)) return '';
  return calendar.day(by) === calendar.day(madeAt) || by < madeAt ? ' now' : ` before ${calendar.day(by)}`;
}

/**
 * What to do: how much is needed so that the upper end of the 80 % interval stays below the limit through the days ahead, and by
 * when. Empty where there is nothing to do.
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
  const short = shortBy(forecast, madeAt + ahead);
  const amount = short > 0 ? sayValue(short, forecast.unit) : 'some room';
  return advice(amount, deadline(forecast, madeAt, calendar));
}
