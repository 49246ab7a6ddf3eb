import type { CalendarCondition, ProphetOptions, ProphetTimes } from './prophet-options.ts';

const day = 86_400_000;

/** A season as it enters the design: Fourier terms of `period` days. */
export interface Season {
  readonly name: string;
  readonly period: number;
  readonly order: number;
  readonly prior: number;
  readonly multiplicative: boolean;
  readonly when?: CalendarCondition | undefined;
  readonly condition?: string | undefined;
}

/** The shortest distance between two times that differ; Infinity when none do. `t` ascends. */
function shortestStep(t: Float64Array): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < t.length; i++) {
    const step = t[i]! - t[i - 1]!;
    if (step > 0 && step < shortest) shortest = step;
  }
  return shortest;
}

/**
 * The seasons of a history, `t` in ms ascending: those of the options, and a year from 730 days on, a week from 14 days on in
 * steps below 7 days, a day from 2 days on in steps below a day (the defaults of the reference implementation).
 */
export function seasonsOf(t: Float64Array, options: ProphetOptions): readonly Season[] {
  const span = (t.at(-1)! - t[0]!) / day;
  const step = shortestStep(t) / day;
  const { seasonPrior: prior, seasonMode } = options;
  const multiplicative = seasonMode === 'multiplicative';
  const own = options.seasons.map(({ mode, ...season }) => ({
    ...season,
    prior: season.prior ?? prior,
    multiplicative: (mode ?? seasonMode) === 'multiplicative',
  }));
  const standard = [
    { name: 'yearly', period: 365.25, wanted: options.yearly, auto: span >= 730 ? 10 : 0 },
    { name: 'weekly', period: 7, wanted: options.weekly, auto: span >= 14 && step < 7 ? 3 : 0 },
    { name: 'daily', period: 1, wanted: options.daily, auto: span >= 2 && step < 1 ? 4 : 0 },
  ]
    .map(({ name, period, wanted, auto }) => {
      return { name, period, order: wanted === 'auto' ? auto : wanted, prior, multiplicative };
    })
    .filter(({ name, order }) => order > 0 && own.every(season => season.name !== name));
  return [...standard, ...own];
}

function inCalendar(when: CalendarCondition, t: number): boolean {
  const date = new Date(t);
  return (
    (when.months?.includes(date.getUTCMonth() + 1) ?? true) &&
    (when.weekdays?.includes(date.getUTCDay()) ?? true) &&
    (when.hours?.includes(date.getUTCHours()) ?? true)
  );
}

/** 1 where a season is at work and 0 where it is not; undefined when it always is. */
function workOf(season: Season, at: ProphetTimes): Uint8Array | undefined {
  const { when, condition } = season;
  if (when === undefined && condition === undefined) return undefined;
  const column = condition === undefined ? undefined : at.conditions?.[condition];
  if (condition !== undefined && column?.length !== at.t.length)
    throw new RangeError(
      `season ${season.name}: its condition ${condition} needs ${at.t.length} values of 0 and 1, got ${column?.length ?? 'none'}`,
    );
  return Uint8Array.from(at.t, (t, i) =>
    (column === undefined || column[i] !== 0) && (when === undefined || inCalendar(when, t)) ? 1 : 0,
  );
}

/** Writes sin and cos of 2 pi n t / P, n = 1..N, as columns (Taylor and Letham 2018, section 3.2, equation 5). */
export function writeSeason(season: Season, at: ProphetTimes, out: Float64Array): void {
  const n = at.t.length;
  const work = workOf(season, at);
  for (let k = 0; k < season.order; k++) {
    const w = (2 * Math.PI * (k + 1)) / (season.period * day);
    const sin = 2 * k * n;
    const cos = sin + n;
    for (let i = 0; i < n; i++) {
      if (work?.[i] === 0) continue;
      const a = w * at.t[i]!;
      out[sin + i] = Math.sin(a);
      out[cos + i] = Math.cos(a);
    }
  }
}
