import type { ProphetHistory, ProphetOptions, ProphetTimes } from './prophet-options.ts';
import { type Season, seasonsOf, writeSeason } from './prophet-seasons.ts';

const day = 86_400_000;

/** One day of a holiday's window: 1 on these days (since 1970) and 0 on all others. */
export interface HolidayEffect {
  readonly name: string;
  readonly days: readonly number[];
  readonly prior: number;
  readonly multiplicative: boolean;
}

/** A regressor as it enters the design: (x - mean) / scale. */
export interface ScaledRegressor {
  readonly name: string;
  readonly mean: number;
  readonly scale: number;
  readonly prior: number;
  readonly multiplicative: boolean;
}

/** All that is no trend, in the order of its columns. */
export interface Terms {
  readonly seasons: readonly Season[];
  readonly holidays: readonly HolidayEffect[];
  readonly regressors: readonly ScaledRegressor[];
}

/** A term and where its columns are. */
export interface TermColumns {
  readonly name: string;
  readonly from: number;
  readonly count: number;
  readonly prior: number;
  readonly multiplicative: boolean;
}

/** Which term has which columns. */
export function columnsOf(terms: Terms): readonly TermColumns[] {
  let from = 0;
  const place = (name: string, count: number, term: { prior: number; multiplicative: boolean }) => {
    from += count;
    return { name, from: from - count, count, prior: term.prior, multiplicative: term.multiplicative };
  };
  return [
    ...terms.seasons.map(season => place(season.name, 2 * season.order, season)),
    ...terms.holidays.map(holiday => place(holiday.name, 1, holiday)),
    ...terms.regressors.map(regressor => place(regressor.name, 1, regressor)),
  ];
}

/** The holidays' days that the history has seen: an effect that was never seen is not known. */
function holidaysOf(t: Float64Array, options: ProphetOptions): readonly HolidayEffect[] {
  const seen = new Set(Array.from(t, time => Math.floor(time / day)));
  const multiplicative = (options.holidayMode ?? options.seasonMode) === 'multiplicative';
  return options.holidays
    .flatMap(({ name, dates, before, after, prior = options.holidayPrior }) =>
      Array.from({ length: before + after + 1 }, (_, i) => i - before).map(offset => ({
        name,
        days: dates.map(date => Date.parse(date) / day + offset),
        prior,
        multiplicative,
      })),
    )
    .filter(effect => effect.days.some(d => seen.has(d)));
}

function isBinary(values: ReadonlySet<number>): boolean {
  return values.size === 2 && values.has(0) && values.has(1);
}

function scaled(name: string, x: Float64Array, options: ProphetOptions): ScaledRegressor {
  const own = options.regressors[name];
  const values = new Set(x);
  const wanted = own?.standardize ?? 'auto';
  const plain = values.size < 2 || wanted === 'no' || (wanted === 'auto' && isBinary(values));
  const mean = plain ? 0 : x.reduce((sum, v) => sum + v, 0) / x.length;
  const square = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (x.length - 1);
  return {
    name,
    mean,
    scale: plain ? 1 : Math.sqrt(square) || 1,
    prior: own?.prior ?? options.holidayPrior,
    multiplicative: (own?.mode ?? options.seasonMode) === 'multiplicative',
  };
}

/** What a history of finite values, ascending in time, has besides its trend. */
export function termsOf(history: ProphetHistory, options: ProphetOptions): Terms {
  return {
    seasons: seasonsOf(history.t, options),
    holidays: holidaysOf(history.t, options),
    regressors: Object.entries(history.regressors ?? {}).map(([name, x]) => scaled(name, x, options)),
  };
}

function writeHoliday({ days }: HolidayEffect, at: ProphetTimes, out: Float64Array): void {
  const known = new Set(days);
  for (let i = 0; i < out.length; i++) out[i] = known.has(Math.floor(at.t[i]! / day)) ? 1 : 0;
}

function writeRegressor({ name, mean, scale }: ScaledRegressor, at: ProphetTimes, out: Float64Array): void {
  const x = at.regressors?.[name];
  if (x?.length !== out.length)
    throw new RangeError(`regressor ${name}: needs ${out.length} values, got ${x?.length ?? 'none'}`);
  for (let i = 0; i < out.length; i++) out[i] = (x[i]! - mean) / scale;
}

/** The columns of all terms at these times, one after another, each of the length of `at.t`; RangeError when a column is missing. */
export function writeTerms(terms: Terms, at: ProphetTimes): Float64Array {
  const n = at.t.length;
  const columns = columnsOf(terms);
  const { from, count } = columns.at(-1) ?? { from: 0, count: 0 };
  const X = new Float64Array((from + count) * n);
  const writers = [
    ...terms.seasons.map(season => (out: Float64Array) => writeSeason(season, at, out)),
    ...terms.holidays.map(holiday => (out: Float64Array) => writeHoliday(holiday, at, out)),
    ...terms.regressors.map(regressor => (out: Float64Array) => writeRegressor(regressor, at, out)),
  ];
  columns.forEach((column, i) => {
    writers[i]!(X.subarray(column.from * n, (column.from + column.count) * n));
  });
  return X;
}
