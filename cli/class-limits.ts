import { type SeriesSource, TooManySamples } from '../core/series.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import type { LeftOut } from './left-out.ts';

/** How many series the class has at `t` (ms): entities of its widest signal x signals, by one count a signal. */
export async function countSeries(
  { queries, class: { step } }: WatchedClass,
  source: SeriesSource,
  at: { readonly t: number; readonly signal?: AbortSignal },
): Promise<number> {
  const { t, signal } = at;
  const range = { start: t, end: t, step, ...(signal === undefined ? {} : { signal }) };
  const counts = queries.map(async query => {
    const { series } = await source.queryRange({ query: `count(${query})`, ...range });
    return series[0]?.v.at(-1) ?? 0;
  });
  return Math.max(0, ...(await Promise.all(counts))) * queries.length;
}

/** What to say of a class of `series` series when all others have `others`; undefined while both are within `most`. */
export function overSeries(series: number, others: number, most: number): LeftOut | undefined {
  if (series + others <= most) return undefined;
  const reason = `left out: with its ${series} series there are ${series + others}, more than limits.series (${most})`;
  return { limit: 'series', reason };
}

/** Counts a class before its history is read, so that one that is over the limit costs the source a count and no more. */
export async function checkBefore(
  watch: WatchedClass,
  source: SeriesSource,
  at: {
    readonly t: number;
    readonly signal?: AbortSignal;
    /** Series of all other classes, and the most of all. */
    readonly others: number;
    readonly most: number;
  },
): Promise<LeftOut | undefined> {
  return overSeries(await countSeries(watch, source, at), at.others, at.most);
}

/** The limit that a failed read speaks of; undefined when it failed for another reason. */
export function overSamples(error: unknown): LeftOut | undefined {
  if (!(error instanceof TooManySamples)) return undefined;
  return { limit: 'samples_per_query', reason: `left out: ${error.message}` };
}
