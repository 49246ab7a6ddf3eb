import type { CapacityForecast, FillDate } from '../core/capacity.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
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

function answerFill(
  date: FillDate,
  window: { readonly until: number; readonly end: number; readonly days: string },
  calendar: Calendar,
): Answer {
  const { median, earliest } = date;
  const interval = sayInterval(date, window.end, calendar);
  if (median <= window.until) return { verdict: 'soon', answer: `full on ${calendar.day(median)}`, interval };
  const later = Number.isFinite(median)
    ? `most likely on ${calendar.day(median)}`
    : `more likely not by ${calendar.day(window.end)}`;
  if (earliest <= window.until)
    return { verdict: 'maybe', answer: `may be full from ${calendar.day(earliest)} on, ${later}`, interval };
  const not = `not within ${window.days}`;
  if (Number.isFinite(median))
    return { verdict: 'later', answer: `${not}: full on ${calendar.day(median)}`, interval };
  const chance =
    date.chance > 0 ? `: ${sayChance(date.chance)} that it is full by ${calendar.day(window.end)}` : '';
  return { verdict: 'clear', answer: `${not}${chance}`, interval: '' };
}

/** A sentence without its full stop, which may stand inside of another one. */
export const bare = (sentence: string): string => sentence.trim().replace(/[.\s]+$/, '');

/** When a resource is full: already, on a date, not in the days ahead (of which the forecast may know fewer), or unknown. */
export function answerOf(
  { exhaustion, forecast }: CapacityForecast,
  { madeAt, ahead }: Pick<ReportInputs, 'madeAt' | 'ahead'>,
  calendar: Calendar,
): Answer {
  const end = forecast.t.at(-1) ?? madeAt;
  const known = Math.max(0, Math.min(ahead, end - madeAt));
  const days = sayCount(Math.max(1, Math.round(known / day)), 'day');
  if (exhaustion.state === 'fills')
    return answerFill(exhaustion.date, { until: madeAt + ahead, end, days }, calendar);
  if (exhaustion.state === 'over') return { verdict: 'over', answer: 'already over', interval: '' };
  if (exhaustion.state === 'unknown')
    return {
      verdict: 'unknown',
      answer: `cannot tell: ${bare(exhaustion.reason) || 'no reason is known'}`,
      interval: '',
    };
  return { verdict: 'clear', answer: `not within ${days}`, interval: '' };
}
