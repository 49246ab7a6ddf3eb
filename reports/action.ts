import type { CapacityForecast } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayValue } from '../core/say-value.ts';
import { expiry, isExpiry } from './expiry.ts';
import { growthPerDay } from './growth.ts';
import type { Answer } from './verdict.ts';

const day = 86_400_000;

/** What one does about a resource of a kind: `amount` is said with its unit, or empty; `when` is a deadline, or empty. */
type Advice = (amount: string, when: string) => string;

const amountOf = (amount: string, what: string): string => (amount === '' ? what : `${amount} of ${what}`);

const advices: readonly (readonly [kind: RegExp, advice: Advice])[] = [
  [expiry, (_, when) => `Renew it${when}`],
  [
    /filesystem|disk|storage|volume|inode|tablespace|wal\b/i,
    (amount, when) => `Free or add ${amount || 'room'}${when}`,
  ],
  [/memory|heap|ram\b/i, (amount, when) => `Add ${amountOf(amount, 'memory')}, or find what grows${when}`],
  [/cpu/i, (amount, when) => `Add ${amountOf(amount, 'CPU')}, or move load away${when}`],
  [/partition|shard/i, (amount, when) => `Add ${amount && `${amount} `}partitions, or move load away${when}`],
  [
    /connection|session|handle|file|pool|quota|thread|limit/i,
    (amount, when) => `Raise the limit${amount && ` by ${amount}`}, or find what holds them${when}`,
  ],
  [/queue|lag|backlog/i, (amount, when) => `Add consumers or room${amount && ` for ${amount}`}${when}`],
];
const general: Advice = (amount, when) => `Add ${amount || 'room'} or reduce the load${when}`;

/** An age has no amount that one could add. */
const times: readonly string[] = ['ns', '\u00b5s', 'ms', 's'];

/** The first sentence of what the pack says, after the deadline. */
function packAdvice(advice: string, when: string): string {
  const [first = ''] = advice.split(/(?<=[.;]) /);
  const text = first.replace(/[.;]$/, '');
  if (when === '') return text;
  const inner = /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
  return `${when.trim().replace(/^./, letter => letter.toUpperCase())}: ${inner}`;
}

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
 * What to do: how much the days ahead need beyond the limit as it grows now, and by when; `advice` of the pack where an amount would
 * say nothing. Empty where there is nothing to do.
 */
export function actionOf(
  forecast: CapacityForecast,
  { verdict }: Answer,
  how: {
    readonly madeAt: number;
    readonly ahead: number;
    readonly calendar: Calendar;
    readonly advice: string;
  },
): string {
  if (verdict === 'unknown') return 'See why it cannot be forecast';
  if (verdict === 'later' || verdict === 'clear') return '';
  const { madeAt, ahead, calendar, advice } = how;
  const { resource, unit } = forecast;
  const when = deadline(forecast, madeAt, calendar);
  const known = advices.find(([kind]) => kind.test(resource))?.[1];
  if (advice !== '' && !isExpiry(resource) && (known === undefined || times.includes(unit)))
    return packAdvice(advice, when);
  const short = shortBy(forecast, ahead);
  return (known ?? general)(short > 0 ? sayValue(short, unit) : '', when);
}
