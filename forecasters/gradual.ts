import { median } from '../core/stats.ts';
import { type Rise, rising } from './gradual-trend.ts';

/** Use of a resource as a share of its limit, oldest first, one value a `step` (ms) up to `at` (ms); NaN is missing. */
export interface UseHistory {
  readonly at: number;
  readonly step: number;
  readonly share: Float64Array;
}

/** What the last hours say of the next four. Times in ms; `crossing` is where the trend meets the limit. */
export interface Outlook {
  /** P(the limit is met within the horizon), as far as the trend tells. */
  readonly chance: number;
  readonly crossing:
    | { readonly median: number; readonly earliest: number; readonly latest: number }
    | undefined;
  /** In words: what rises how fast, or why nothing is expected. */
  readonly reason: string;
}

const minute = 60_000;
const hour = 60 * minute;
/** A warning is to come four hours ahead at most: the trend is followed a little less far. */
export const gradualHorizon = 3.3 * hour;
/** Less history cannot tell a leak from a usual rise. */
const leastHistory = 6 * hour;
/** P(N(0, 1) > z) = .1. */
const z80 = 1.2816;
/** Trends bend: a slope is known to no better than this share of itself. */
const bend = 0.15;

const clear = (reason: string): Outlook => ({ chance: 0, crossing: undefined, reason });
const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** P(N(0, 1) <= x), to 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
  return x >= 0 ? 1 - above : above;
}

/**
 * Whether it stood about as high before and rose about as fast, and met no limit within the horizon: a daily peak, a tooth
 * of a saw, a nightly job.
 */
function hasPrecedent({ share, step }: UseHistory, { level, slope, noise }: Rise): boolean {
  const span = Math.round((45 * minute) / step);
  const ahead = Math.round(gradualHorizon / step);
  const tolerance = Math.max(3 * noise, Math.min(0.02, 0.25 * (1 - level)));
  const end = share.length - ahead;
  for (let i = span; i < end; i++) {
    if (!(share[i]! >= level - tolerance)) continue;
    const before = ((share[i]! - share[i - span]!) / span / step) * hour;
    if (before < 0.6 * slope * hour) continue;
    let most = 0;
    for (let k = i; k <= i + ahead; k++) most = Math.max(most, share[k]!);
    if (most < 1) return true;
  }
  return false;
}

function outlookOf(history: UseHistory, rise: Rise): Outlook {
  const { level, slope, error, of } = rise;
  const left = 1 - level;
  const deviation = Math.hypot(error, bend * slope);
  const chance = normalBelow((slope - left / gradualHorizon) / deviation);
  const within = (speed: number) => (speed > 0 ? history.at + left / speed : Number.NaN);
  const crossing = {
    median: within(slope),
    earliest: within(slope + z80 * deviation),
    latest: within(slope - z80 * deviation),
  };
  const said = `${of} at ${percent(level)} of the limit, rising ${percent(slope * hour)} an hour`;
  if (chance > 0.05 && hasPrecedent(history, rise))
    return clear(`${said}: it has been here before, rising like this, and met no limit`);
  return { chance, crossing, reason: said };
}

/**
 * Looks at the last hours of a resource: the trend by medians of slopes (Theil 1950, Sen 1968) over the last two hours and the
 * last 45 minutes, whichever is slower; of a saw-tooth over its peaks. Linear in the history.
 */
export function gradualOutlook(history: UseHistory): Outlook {
  const { share, step, at } = history;
  const known = share.filter(value => !Number.isNaN(value));
  if (known.length * step < leastHistory) return clear('less than 6 h of history');
  const now = median(share.subarray(-3).filter(value => !Number.isNaN(value)));
  if (Number.isNaN(now)) return clear('no recent samples');
  if (now >= 1)
    return { chance: 1, crossing: { median: at, earliest: at, latest: at }, reason: 'at its limit' };
  const day = share.subarray(-Math.round((24 * hour) / step));
  const rise = rising(day, step);
  return rise === undefined ? clear('no steady rise') : outlookOf(history, rise);
}
