import type { CapacityForecast, FillDate } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { visibleText } from '../core/visible-text.ts';
import { isExpiry } from './expiry.ts';
import type { ReportInputs, Verdict } from './model.ts';

/** The answer to "when is it full", as a kind and in words. */
export interface Answer {
  readonly verdict: Verdict;
  readonly answer: string;
  readonly interval: string;
}

const day = 86_400_000;

/** An interval of 80 % of a date, each end known or not. */
function sayInterval({ earliest, latest }: FillDate, end: number, calendar: Calendar): string {
  if (Number.isNaN(earliest)) return '';
  if (Number.isNaN(latest)) return `${calendar.day(earliest)} to after ${calendar.day(end)}`;
  return calendar.days(earliest, latest);
}

function sayChance(chance: number): string {
  return Number.isFinite(chance) ? `${Math.round(100 * chance)} %` : 'unknown';
}

interface Window {
  readonly until: number;
  readonly end: number;
  /** `30 days`. */
  readonly days: string;
  readonly calendar: Calendar;
}

/** What becomes of a resource at its limit: a certificate is not full. */
const endings = {
  full: { over: 'already over', on: 'full on', may: 'may be full', by: 'it is full by' },
  expired: { over: 'expired already', on: 'expires on', may: 'may expire', by: 'it expires by' },
} as const;

function answerFill(date: FillDate, ending: keyof typeof endings, window: Window): Answer {
  const { median, earliest, chance } = date;
  const { until, end, days, calendar } = window;
  const { on, may, by } = endings[ending];
  const interval = sayInterval(date, end, calendar);
  if (median <= until) return { verdict: 'soon', answer: `${on} ${calendar.day(median)}`, interval };
  const later = Number.isFinite(median)
    ? `most likely on ${calendar.day(median)}`
    : `more likely not by ${calendar.day(end)}`;
  if (earliest <= until)
    return { verdict: 'maybe', answer: `${may} from ${calendar.day(earliest)} on, ${later}`, interval };
  if (Number.isFinite(median))
    return { verdict: 'later', answer: `not within ${days}: ${on} ${calendar.day(median)}`, interval };
  const odds = chance > 0 ? `: ${sayChance(chance)} that ${by} ${calendar.day(end)}` : '';
  return { verdict: 'clear', answer: `not within ${days}${odds}`, interval: '' };
}

/** A sentence without its full stop, which may stand inside of another one. */
function bare(sentence: string): string {
  const text = sentence.trim().replace(/[.\s]+$/, '');
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** When a resource is full: already, on a date, not in the days ahead (of which the forecast may know fewer), or unknown. */
export function answerOf(
  { exhaustion, forecast, resource }: CapacityForecast,
  { madeAt, ahead }: Pick<ReportInputs, 'madeAt' | 'ahead'>,
  calendar: Calendar,
): Answer {
  const end = forecast.t.at(-1) ?? madeAt;
  const known = Math.max(0, Math.min(ahead, end - madeAt));
  // A daily forecast made this morning ends some hours before so many days are over.
  const whole = ahead - known <= day ? ahead : known;
  const days = sayCount(Math.max(1, Math.round(whole / day)), 'day');
  const ending = isExpiry(resource) ? 'expired' : 'full';
  if (exhaustion.state === 'fills')
    return answerFill(exhaustion.date, ending, {
      ...{ end, days, calendar },
      until: madeAt + ahead,
    });
  if (exhaustion.state === 'over') return { verdict: 'over', answer: endings[ending].over, interval: '' };
  if (exhaustion.state === 'unknown')
    return {
      verdict: 'unknown',
      answer: `cannot tell: ${visibleText(bare(exhaustion.reason)) || 'no reason is known'}`,
      interval: '',
    };
  return { verdict: 'clear', answer: `not within ${days}`, interval: '' };
}
