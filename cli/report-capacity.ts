import type { CapacityForecast, ForecastOutcome } from '../core/capacity.ts';
import { calendarOf } from '../core/say-day.ts';
import type { Store } from '../core/store.ts';
import { createMetrics } from '../server/metrics.ts';
import { type StoreReader, withReader } from '../store/reader.ts';
import { openStore } from '../store/sqlite.ts';
import { openCapacityBook } from './capacity-book.ts';
import { CapacityDesk, type CapacityDeskOptions } from './capacity-desk.ts';
import { createCapacityThread } from './capacity-pool.ts';
import type { CapacityStage } from './capacity-progress.ts';
import { watchedResources } from './capacity-resources.ts';
import type { Loaded } from './load.ts';
import { createSources } from './sources.ts';

/** What a report knows of resources. */
export interface CapacityKnowledge {
  readonly forecasts: readonly CapacityForecast[];
  readonly outcomes: readonly ForecastOutcome[];
  /** What could not be read, in sentences. */
  readonly missing: readonly string[];
}

/** The same, as it was read just now. */
export interface CapacityNow extends CapacityKnowledge {
  /** Resources that the packs declare, as `node/filesystem`. */
  readonly declared: readonly string[];
  /** Whether some of them could not be read. */
  readonly failed: boolean;
}

const day = 86_400_000;
/** A daily forecast that is older was not made anew. */
const stale = 2 * day;

/** When the newest forecast was made, ms; -Infinity without any. */
export function newestForecast(forecasts: readonly CapacityForecast[]): number {
  return forecasts.reduce((newest, { madeAt }) => Math.max(newest, madeAt), Number.NEGATIVE_INFINITY);
}

/** All that a desk knows; forecasts that are old are said to be. */
export function knownBy(
  desk: Pick<CapacityDesk, 'forecasts' | 'outcomes'>,
  { madeAt, timeZone }: { readonly madeAt: number; readonly timeZone: string },
): CapacityKnowledge {
  const forecasts = desk.forecasts();
  const newest = newestForecast(forecasts);
  const isOld = forecasts.length > 0 && newest < madeAt - stale;
  const missing = isOld ? [`The newest forecasts are of ${calendarOf(timeZone, madeAt).day(newest)}.`] : [];
  return { forecasts, outcomes: desk.outcomes(Number.NEGATIVE_INFINITY), missing };
}

/** What a daemon has stored, in a store of its own: what is read beyond it changes nothing there. */
function copied(stored: readonly (readonly [table: string, ReturnType<StoreReader['values']>])[]) {
  const store = openStore(':memory:');
  for (const [table, pairs] of stored) for (const [key, bytes] of pairs) store.values(table).set(key, bytes);
  return store;
}

/** How a command knows: `progress` is told how far it is. */
export interface CapacityAsk {
  readonly madeAt: number;
  readonly timeZone: string;
  readonly progress: (stage: CapacityStage) => void;
}

/** A desk over a copy of what is stored, which tells nobody of what is full; what it complains of is kept. */
function deskOf(
  { config }: Loaded,
  parts: Pick<CapacityDeskOptions, 'resources' | 'progress'> & {
    readonly store: Store;
    readonly complain: (message: string) => void;
  },
): CapacityDesk {
  const { horizon, history, warning, critical, series, holidays, plan } = config.forecast;
  const { resources, progress, store, complain } = parts;
  return new CapacityDesk({
    resources,
    book: openCapacityBook(store, complain),
    maker: createCapacityThread(),
    thresholds: { warning, critical },
    ...{ horizon, history, series, holidays, plan },
    ...(progress === undefined ? {} : { progress }),
    clock: Date.now,
    random: Math.random,
    log: { info: () => undefined, warn: complain, error: complain },
    observe: () => undefined,
    tell: () => undefined,
  });
}

const turnedOff: CapacityNow = {
  forecasts: [],
  outcomes: [],
  missing: ['The config turns forecasts off (forecast.enabled).'],
  declared: [],
  failed: false,
};

/** What can be known now, for a command, whether foreshock runs or not: what is stored, and the days since then read from the sources of metrics. */
export async function capacityNow(loaded: Loaded, ask: CapacityAsk): Promise<CapacityNow> {
  const { forecast, storage } = loaded.config;
  if (!forecast.enabled) return turnedOff;
  const tables = ['capacity', 'capacity-state'];
  const read = (reader: StoreReader) => tables.map(table => [table, reader.values(table)] as const);
  const store = copied(withReader(storage.path, read) ?? []);
  const sources = createSources(loaded.config, createMetrics());
  const complaints: string[] = [];
  const complain = (message: string) => void complaints.push(message);
  const resources = watchedResources(loaded, sources.all);
  const desk = deskOf(loaded, { resources, progress: ask.progress, store, complain });
  try {
    await desk.step(new AbortController().signal);
    const known = knownBy(desk, ask);
    return {
      ...known,
      missing: [...known.missing, ...complaints.map(sentence)],
      declared: [...new Set(resources.map(({ pack, resource }) => `${pack}/${resource}`))],
      failed: desk.isBehind,
    };
  } finally {
    await sources.close();
    store.close();
  }
}

/** A message of the log as a sentence of the report. */
function sentence(message: string): string {
  const text = message.replace(', it is tried again', '').trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
