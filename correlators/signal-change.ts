import { quantileSorted, sortedFinite } from '../core/stats.ts';
import { fewestUsual, type OnsetWindow } from './onset-window.ts';

/**
 * Change of one signal at an onset: strength = log2(1 + s / 3), at most 5, over 1 + (r / 3)^2, halved per step that it stood
 * before the onset, less where too few rows have a value. s = distance of the value that the news hold from the usual median,
 * in units of the usual spread: the width of the shortest half (Rousseeuw and Leroy 1988), which earlier incidents in less
 * than half of the rows don't widen, and at least 5 % of the median. r = how many times usual life held such a value for as
 * long: once or twice may be earlier incidents, more is usual. It is the robust scorer of BARO (Pham, Ha, Zhang 2024: median
 * and quartile range over a segment) made deaf to one outlier and to an onset that is wrong by a row.
 */
export interface SignalChange {
  readonly direction: 'up' | 'down';
  /** The usual value, and the one that the news hold. */
  readonly usual: number;
  readonly now: number;
  /** The distance in units of the usual spread. */
  readonly spreads: number;
  /** How many times usual life held such a value for as long. */
  readonly times: number;
  readonly strength: number;
  /** The first row of the change, ms. */
  readonly since: number;
}

/** The usual life of a signal, made once for both directions. */
export interface UsualLife {
  readonly sorted: Float64Array;
  readonly median: number;
  readonly spread: number;
}

/** One signal: values beside times (ms), NaN is missing. */
export interface Track {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

export const strongest = 5;
/** Weaker changes are no news. */
const weakest = 0.8;
const smallShare = 0.05;
/** A change that stood already counts half per this long, or per step where that is longer, ms. */
const staleAfter = 120_000;
/** An onset may be wrong by this, ms. */
const tolerance = 60_000;

function shortestHalf(sorted: Float64Array): number {
  const half = (sorted.length >> 1) + 1;
  let width = Number.POSITIVE_INFINITY;
  for (let i = 0; i + half <= sorted.length; i++) width = Math.min(width, sorted[i + half - 1]! - sorted[i]!);
  return width;
}

/** The usual life of a signal; `floor` is the smallest spread that matters, in the signal's unit. */
export function usualLife({ v }: Track, window: OnsetWindow, floor = 0): UsualLife | undefined {
  const sorted = sortedFinite(v.subarray(0, window.before));
  if (sorted.length < fewestUsual) return undefined;
  const median = quantileSorted(sorted, 0.5);
  const width = Math.max(shortestHalf(sorted), smallShare * Math.abs(median), floor);
  const spread = width > 0 ? width : (quantileSorted(sorted, 0.95) - quantileSorted(sorted, 0.05)) / 2;
  return { sorted, median, spread: spread * (1 + 4 / sorted.length) };
}

/** How many rows of the news must hold a value: two, so that one outlier is none, and a third of many. */
function rowsToHold(rows: number): number {
  return Math.max(2, Math.ceil(rows / 3));
}

/** What is out again within so many spans of the news is the same incident. */
const sameIncident = 3;

/** How many times usual life held such a value like the news do: in as many of as many rows. */
function timesHeld(v: Float64Array, window: OnsetWindow, reaches: (value: number) => boolean): number {
  const rows = window.end - window.after;
  const wanted = rowsToHold(rows);
  const reached: number[] = [];
  let times = 0;
  let free = 0;
  for (let i = 0; i < window.before; i++) {
    if (!reaches(v[i]!)) continue;
    reached.push(i);
    const first = reached[reached.length - wanted];
    if (first === undefined || first < free || i - first >= rows) continue;
    times++;
    free = i + sameIncident * rows;
  }
  return times;
}

/** The first row of the change: the rows before the news are followed back while they hold it, over gaps of one row. */
function firstRow(v: Float64Array, window: OnsetWindow, holds: (value: number) => boolean): number {
  let row = window.after;
  while (row < window.end - 1 && !holds(v[row]!)) row++;
  if (row > window.after) return row;
  while (row > 0 && (holds(v[row - 1]!) || (row > 1 && holds(v[row - 2]!)))) row--;
  return row;
}

/** How much news is in what began at `since` (ms): half per step or two minutes that it stood before the onset. */
export function freshness(since: number, { onset, step }: OnsetWindow): number {
  return 2 ** (-Math.max(0, onset - since - tolerance) / Math.max(step, staleAfter));
}

/** The change of a signal in one direction; undefined when it is none that matters. */
export function changeOf(
  { t, v }: Track,
  window: OnsetWindow,
  { usual, direction }: { readonly usual: UsualLife; readonly direction: 'up' | 'down' },
): SignalChange | undefined {
  const { median } = usual;
  const news = sortedFinite(v.subarray(window.after, window.end));
  if (news.length === 0) return undefined;
  const wanted = rowsToHold(window.end - window.after);
  const held = Math.min(news.length, wanted);
  const now = direction === 'up' ? news[news.length - held]! : news[held - 1]!;
  const sign = direction === 'up' ? 1 : -1;
  const size = sign * (now - median);
  if (!(size > 0)) return undefined;
  const spreads = size / (usual.spread > 0 ? usual.spread : smallShare * Math.abs(now - median));
  const raw = Math.min(strongest, Math.log2(1 + spreads / 3));
  if (raw < weakest) return undefined;
  const times = timesHeld(v, window, value => sign * (value - now) >= 0);
  const half = median + (now - median) / 2;
  const since = t[firstRow(v, window, value => sign * (value - half) >= 0)]!;
  const strength = ((held / wanted) * raw * freshness(since, window)) / (1 + (times / 3) ** 2);
  return strength < weakest ? undefined : { direction, usual: median, now, spreads, times, strength, since };
}
