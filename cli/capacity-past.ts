import type { CapacityForecast } from '../core/capacity.ts';
import { adapted, aheadDays, type Judged, judge, ownRate, type Pending } from './capacity-calibration.ts';
import type { CapacityEntry } from './capacity-entry.ts';
import { type CapacityHistory, lastDay } from './capacity-history.ts';
import { day } from './capacity-reads.ts';

/** So long, ms, what came of forecasts is kept: the report looks a month back. */
const keptFor = 62 * day;

/** An entry with its new history: forecasts whose day is known are judged, and the widths follow them. */
export function judgedEntry(
  old: CapacityEntry | undefined,
  history: CapacityHistory,
): { readonly entry: CapacityEntry; readonly news: readonly Judged[] } {
  if (old === undefined) {
    const level = { level: 'none', since: lastDay(history) } as const;
    const entry = { history, own: [1, 1], pending: [], judged: [], level, forecast: undefined } as const;
    return { entry, news: [] };
  }
  const last = lastDay(history);
  const news: Judged[] = [];
  let own = old.own;
  for (const pending of old.pending.filter(({ due }) => due <= last)) {
    const actual = history.used[Math.round((pending.due - history.from) / day)];
    if (actual === undefined || Number.isNaN(actual)) continue;
    const one = judge(pending, actual, history);
    news.push(one);
    own = adapted(own, [Number(one.missed[0]), Number(one.missed[1])], ownRate);
  }
  const judged = [...old.judged, ...news].filter(
    ({ outcome }) => outcome.madeAt + outcome.ahead > last - keptFor,
  );
  const pending = old.pending.filter(({ due }) => due > last);
  return { entry: { ...old, history, own, judged, pending }, news };
}

function pendingOf({ forecast }: CapacityForecast, madeAt: number): Pending[] {
  return aheadDays.flatMap(days => {
    const h = days - 1;
    const [inner, outer] = forecast.intervals;
    const predicted = forecast.yhat[h];
    if (predicted === undefined || inner === undefined || outer === undefined) return [];
    const lower = [inner.lower[h]!, outer.lower[h]!] as const;
    const upper = [inner.upper[h]!, outer.upper[h]!] as const;
    if (![predicted, ...lower, ...upper].every(Number.isFinite)) return [];
    return [{ madeAt, due: madeAt + days * day, predicted, lower, upper }];
  });
}

/** An entry with a new forecast, which waits for its days; one that is made again for the same day takes the older one's place. */
export function withForecast(entry: CapacityEntry, forecast: CapacityForecast): CapacityEntry {
  const madeAt = lastDay(entry.history);
  const others = entry.pending.filter(each => each.madeAt !== madeAt);
  return { ...entry, forecast, pending: [...others, ...pendingOf(forecast, madeAt)] };
}
