import { formatDuration } from '../core/duration.ts';
import { sayList } from '../core/say-name.ts';
import type { SeriesSource } from '../core/series.ts';
import { declaredName, type WatchedClass } from '../core/watched-class.ts';
import { metricNames } from '../promql/names.ts';
import { selectorsOf } from '../promql/selectors.ts';
import { edgeOf, intervalOf, isRarer, samplesOfSpacing, spacingOf } from './sample-spacing.ts';

/** What is not right with the samples of a class. */
export interface HistoryDoubt {
  /** The kind of it: the words may change from one look to the next, as a history grows. */
  readonly kind: 'rare' | 'young' | 'absent' | 'apart';
  /** In words, with what would do. */
  readonly reason: string;
}

/** When is asked, and how often samples are looked for where the class has no interval of its own; both in ms. */
export interface DoubtTime {
  readonly t: number;
  readonly interval: number;
  readonly signal?: AbortSignal;
}

/** Signals that are looked at: the metrics of a class come from one exporter, mostly. */
const lookedAt = 3;
/** A history that reaches back so far (ms) is not short. */
const longEnough = 3_000_000;
const minute = 60_000;

function asker(source: SeriesSource, { t, signal }: DoubtTime) {
  return async (query: string): Promise<number | undefined> => {
    const range = { start: t, end: t, step: 1000, samplesPerStep: samplesOfSpacing };
    const { series } = await source.queryRange({
      query,
      ...range,
      ...(signal === undefined ? {} : { signal }),
    });
    const value = series[0]?.v.at(-1);
    return Number.isFinite(value) ? value : undefined;
  };
}

/** The first selector of each signal, those of other metrics than `up` where there are any. */
function tellingSelectors({ queries }: WatchedClass): readonly string[] {
  const all = [...new Set(queries.flatMap(query => selectorsOf(query).slice(0, 1)))];
  const own = all.filter(selector => !metricNames(selector).includes('up'));
  return (own.length > 0 ? own : all).slice(0, lookedAt);
}

/** The selector of the rarest samples, and how often they come (ms); undefined where none has two in an hour. */
async function rarest(
  selectors: readonly string[],
  ask: ReturnType<typeof asker>,
): Promise<{ readonly selector: string; readonly interval: number } | undefined> {
  let found: { readonly selector: string; readonly interval: number } | undefined;
  for (const selector of selectors) {
    const interval = intervalOf(await ask(spacingOf(selector)));
    if (interval !== undefined && !(interval <= (found?.interval ?? 0))) found = { selector, interval };
  }
  return found;
}

function sayRare(watch: WatchedClass, selector: string, { came, asked }: { came: number; asked: number }) {
  const [pack] = declaredName(watch).split('/', 1);
  const interval = formatDuration(came);
  return `samples of ${sayMetric(selector)} come every ${interval}, more rarely than scrape_interval ${formatDuration(asked)}: write \`scrape_interval: ${interval}\` at the pack ${pack}`;
}

/** When samples of a selector in the last hour begin, to a minute; a newer beginning is seen in the newest sample alone. */
const beginningOf = (selector: string): string => `min(${edgeOf(selector, 'min')} or timestamp(${selector}))`;

const sayMetric = (selector: string): string => metricNames(selector)[0] ?? selector;

/**
 * Whether samples of a class come more rarely than it looks back for them, so that it is dark most of the time. Not asked where no
 * sample means 0: there it may well be that nothing happened. Costs one query. Rejects with a SourceError.
 */
export async function rareDoubt(
  watch: WatchedClass,
  source: SeriesSource,
  at: DoubtTime,
): Promise<HistoryDoubt | undefined> {
  if (watch.absent === 'zero') return undefined;
  const selectors = tellingSelectors(watch);
  const found = await rarest(selectors.slice(0, 1), asker(source, at));
  return found && doubtOfRare(watch, found, at);
}

function doubtOfRare(
  watch: WatchedClass,
  { selector, interval }: { readonly selector: string; readonly interval: number },
  { interval: usual }: DoubtTime,
): HistoryDoubt | undefined {
  const asked = watch.interval ?? usual;
  if (!isRarer(interval, asked)) return undefined;
  return { kind: 'rare', reason: sayRare(watch, selector, { came: interval, asked }) };
}

/**
 * Why a class has no history at `t`: its samples are too rare for how it is asked, too young, not there at all, or there without
 * its queries answering anything. Undefined where nothing is known. Costs up to a dozen queries. Rejects with a SourceError.
 */
export async function historyDoubt(
  watch: WatchedClass,
  source: SeriesSource,
  at: DoubtTime,
): Promise<HistoryDoubt | undefined> {
  const ask = asker(source, at);
  const selectors = tellingSelectors(watch);
  const found = await rarest(selectors, ask);
  const rare = found && doubtOfRare(watch, found, at);
  if (rare !== undefined) return rare;
  const names = sayList([...new Set(selectors.map(sayMetric))], 3);
  const begun = await Promise.all(selectors.map(selector => ask(beginningOf(selector))));
  const first = Math.min(...begun.map(seconds => (seconds ?? Number.POSITIVE_INFINITY) * 1000));
  if (first === Number.POSITIVE_INFINITY)
    return { kind: 'absent', reason: `there is no sample of ${names} in the last hour` };
  const age = at.t - first;
  if (age < longEnough) {
    const reach = age < minute ? 'less than 1m' : `only ${formatDuration(Math.floor(age / minute) * minute)}`;
    return { kind: 'young', reason: `samples of ${names} reach ${reach} back` };
  }
  const counts = await Promise.all(watch.queries.map(query => ask(`count(${query})`)));
  if (counts.some(count => count !== undefined)) return undefined;
  const reason = `there are samples of ${names}, but no query answers anything: compare their labels with params and match of the pack`;
  return { kind: 'apart', reason };
}
