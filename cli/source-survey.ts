import { createPrometheusSource, type PrometheusOptions } from '../collectors/prometheus.ts';
import type { PrometheusInventory } from '../collectors/prometheus-inventory.ts';
import { SourceError } from '../core/series.ts';
import type { Inventory } from './discovery.ts';
import { intervalOf, spacingOf } from './sample-spacing.ts';

/** A source that is asked what it has: each question once, and one that it does not answer counts as nothing there. */
export interface Survey {
  readonly inventory: Inventory;
  /** How often most targets are scraped, ms; `measured` in the series, where the source does not tell. */
  readonly scrape: { readonly interval: number; readonly from: 'told' | 'measured' | 'assumed' };
  /** Why questions were not answered, one line each. */
  unanswered(): readonly string[];
  close(): Promise<void>;
}

/** ms, where nobody says. */
const usual = 15_000;
/** Seconds from one sample of `up` to the next, on most targets: the span of those of ten minutes by their number. */
const spacing =
  'quantile(0.5, (timestamp(up) - min_over_time(timestamp(up)[10m:5s])) / (count_over_time(up[10m]) - 1 > 0))';

/** The step of a config for this scrape interval, ms. */
export const stepFor = (scrapeInterval: number): number => Math.max(usual, scrapeInterval);

/** Opens a source to be asked as of now (ms). */
export async function openSurvey(
  options: PrometheusOptions,
  there: PrometheusInventory,
  now: number,
): Promise<Survey> {
  const source = createPrometheusSource(options);
  const reasons: string[] = [];
  const ask = async (query: string) => {
    try {
      return (await source.queryInstant(query, now)).series;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      reasons.push(`${query}: ${error.message}`);
      return [];
    }
  };
  const value = async (query: string) => (await ask(query))[0]?.v.at(-1);
  const scrape = await scrapeOf(there, () => value(spacing));
  const step = stepFor(scrape.interval);
  return {
    inventory: {
      metrics: new Set(there.metrics),
      count: once(async query => (await value(`count(${query})`)) ?? 0),
      values: async (metric, label) =>
        (await ask(`count by (${label}) (${metric})`)).flatMap(({ labels }) => labels[label] ?? []),
      interval: once(async metric => intervalOf(await value(spacingOf(metric)))),
      step,
      scrapeInterval: scrape.interval,
    },
    scrape,
    unanswered: () => reasons,
    close: () => source.close(),
  };
}

async function scrapeOf(
  { scrapeInterval: told }: PrometheusInventory,
  secondsApart: () => Promise<number | undefined>,
): Promise<Survey['scrape']> {
  if (told !== undefined) return { interval: told, from: 'told' };
  const found = intervalOf(await secondsApart());
  return found === undefined ? { interval: usual, from: 'assumed' } : { interval: found, from: 'measured' };
}

function once<T>(answer: (question: string) => Promise<T>): (question: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return question => {
    const asked = known.get(question) ?? answer(question);
    known.set(question, asked);
    return asked;
  };
}
