import type { History, Regressor } from '../core/forecaster.ts';
import { median } from '../core/stats.ts';
import type { HolidayCalendar } from './holiday-calendar.ts';
import { ownMeans } from './holiday-shrinkage.ts';

const day = 86_400_000;
/** Holidays that must be known of a series before one of them is expected to count. */
const leastHolidays = 3;
/** How many standard errors of ordinary days a holiday must differ by. */
const clear = 3;
/** How often a holiday must be known before it may have an effect of its own. */
const leastOfOne = 2;
/** The standard deviation of a normal distribution in units of its median absolute deviation. */
const perMad = 1.4826;
/** Weeks whose value at the same hour is the usual one of a day to come. */
const usualWeeks = 4;

/** Whether a time says when its step begins, as in files, or when it ended, as days of capacity do. */
export type Stamp = 'start' | 'end';

/** A history with the days of its steps. */
interface Dated {
  readonly v: Float64Array;
  /** Days since 1970 of the history's steps and of those ahead. */
  readonly days: Float64Array;
  readonly off: ReadonlySet<number>;
  /** Steps of a week. */
  readonly week: number;
}

const isWeekend = (date: number) => (date + 4) % 7 === 6 || (date + 4) % 7 === 0;

/** A step is usually what it was a week before and after; NaN where neither is known. */
function around({ v, days, off, week }: Dated, i: number): number {
  const near = [i - week, i + week]
    .filter(j => j >= 0 && j < v.length && !off.has(days[j]!))
    .map(j => v[j]!)
    .filter(value => !Number.isNaN(value));
  return near.reduce((sum, value) => sum + value, 0) / near.length;
}

/** What the weeks before say of a step ahead; 0 where they say nothing. */
function before({ v, days, off, week }: Dated, i: number): number {
  const near: number[] = [];
  for (let j = i - week; j >= 0 && near.length < usualWeeks; j -= week)
    if (j < v.length && !off.has(days[j]!) && !Number.isNaN(v[j]!)) near.push(v[j]!);
  return near.length === 0 ? 0 : median(Float64Array.from(near));
}

/** By day: how far it was from the usual, as a share of the usual. */
function changes(dated: Dated): ReadonlyMap<number, number> {
  const sums = new Map<number, [change: number, usual: number]>();
  dated.v.forEach((value, i) => {
    const usual = around(dated, i);
    if (Number.isNaN(value) || Number.isNaN(usual)) return;
    const [change, size] = sums.get(dated.days[i]!) ?? [0, 0];
    sums.set(dated.days[i]!, [change + value - usual, size + Math.abs(usual)]);
  });
  return new Map([...sums].flatMap(([date, [change, size]]) => (size > 0 ? [[date, change / size]] : [])));
}

/** The typical change on some days, where it is too large for chance, and the standard deviation of a change of ordinary days. */
function effectOn(
  all: ReadonlyMap<number, number>,
  dates: ReadonlySet<number>,
): { readonly effect: number; readonly deviation: number } | undefined {
  const there = [...all].filter(([date]) => dates.has(date)).map(([, change]) => change);
  const ordinary = [...all].filter(([date]) => !dates.has(date)).map(([, change]) => Math.abs(change));
  if (there.length < leastHolidays || ordinary.length < 2 * there.length) return undefined;
  const effect = median(Float64Array.from(there));
  const error = (perMad * median(Float64Array.from(ordinary))) / Math.sqrt(there.length);
  if (Math.abs(effect) <= clear * error) return undefined;
  return { effect, deviation: Math.sqrt(sumOfSquares(ordinary) / ordinary.length) };
}

const sumOfSquares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);

/** A holiday that was seen often enough, with its changes. */
interface SeenHoliday {
  readonly name: string;
  readonly dates: ReadonlySet<number>;
  readonly seen: readonly number[];
}

function seenHolidays(
  all: ReadonlyMap<number, number>,
  dates: ReadonlySet<number>,
  named: HolidayCalendar['named'],
): readonly SeenHoliday[] {
  return [...named].flatMap(([name, days]) => {
    const own = new Set([...days].filter(date => dates.has(date)));
    const seen = [...own].flatMap(date => all.get(date) ?? []);
    return seen.length < leastOfOne ? [] : [{ name, dates: own, seen }];
  });
}

/** The standard deviation of a change around the mean of its holiday; 0 where none is known. */
function deviationWithin(groups: readonly SeenHoliday[]): number {
  const squares = groups.map(({ seen }) => {
    const mean = seen.reduce((sum, change) => sum + change, 0) / seen.length;
    return sumOfSquares(seen.map(change => change - mean));
  });
  const freedom = groups.reduce((sum, { seen }) => sum + seen.length - 1, 0);
  return Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / Math.max(1, freedom));
}

/** Some days with what they do to a series. */
interface DaysEffect {
  readonly name: string;
  readonly dates: ReadonlySet<number>;
  readonly effect: number;
}

/** The effect of holidays that is shared, and the own one of each that was seen often enough, where they differ; none where nothing is clear. */
function effectsOf(
  all: ReadonlyMap<number, number>,
  dates: ReadonlySet<number>,
  named: HolidayCalendar['named'],
): readonly DaysEffect[] {
  const shared = effectOn(all, dates);
  if (shared === undefined) return [];
  const groups = seenHolidays(all, dates, named);
  // Where holidays vary more than ordinary days, that is how far one can be trusted.
  const deviation = Math.max(shared.deviation, deviationWithin(groups));
  const own = ownMeans(
    groups.map(({ seen }) => seen),
    deviation,
  );
  const apart = groups.flatMap((group, j): DaysEffect[] => {
    const { mean, share } = own[j]!;
    const effect = shared.effect + share * (mean - shared.effect);
    return share === 0 ? [] : [{ name: ` (${group.name})`, dates: group.dates, effect }];
  });
  const rest = new Set([...dates].filter(date => !apart.some(each => each.dates.has(date))));
  return rest.size === 0 ? apart : [{ name: '', dates: rest, effect: shared.effect }, ...apart];
}

/** The usual value on those dates and 0 on others: what the effect is a share of. */
function column(dated: Dated, dates: ReadonlySet<number>): Float64Array {
  return dated.days.map((date, i) => {
    if (!dates.has(date)) return 0;
    const usual = i < dated.v.length ? around(dated, i) : Number.NaN;
    return Math.abs(Number.isNaN(usual) ? before(dated, i) : usual);
  });
}

/**
 * What public holidays do to a series, as regressors with a known effect: the share by which a holiday differs from the same hours a
 * week before and after, the median over at least three of them, weekdays and weekends apart, and only where it is clearly
 * more than ordinary days differ. Holidays that were seen twice or more get an effect of their own where these differ by more than
 * chance: their mean, drawn towards the shared effect by empirical Bayes (`holiday-shrinkage.ts`). A day is one of UTC. Empty for
 * steps longer than a day.
 */
export function holidayRegressors(
  history: History,
  how: { readonly calendars: readonly HolidayCalendar[]; readonly steps: number; readonly stamp: Stamp },
): readonly Regressor[] {
  const { t, v, step } = history;
  if (step > day || how.calendars.length === 0) return [];
  const shift = how.stamp === 'end' ? 1 : 0;
  const n = v.length;
  const days = Float64Array.from({ length: n + how.steps }, (_, i) =>
    Math.floor((t[0]! + i * step - shift) / day),
  );
  const off = new Set(how.calendars.flatMap(calendar => [...calendar.days]));
  const dated = { v, days, off, week: Math.round((7 * day) / step) };
  const all = changes(dated);
  return how.calendars.flatMap(({ place, days: holidays, named }) =>
    ['', ' at weekends'].flatMap((when): Regressor[] => {
      const dates = new Set([...holidays].filter(date => isWeekend(date) === (when !== '')));
      return effectsOf(all, dates, named).map(({ name, dates: own, effect }) => {
        const whole = column(dated, own);
        return {
          name: `holidays ${place}${when}${name}`,
          past: whole.slice(0, n),
          future: whole.slice(n),
          effect,
        };
      });
    }),
  );
}
