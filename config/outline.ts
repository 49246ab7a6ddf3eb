import type { Config } from './schema.ts';

/** What of a config can be checked against each other, also while other parts of it are wrong. */
export interface Outline {
  /** A map of keys, as a config must be. */
  readonly isMap: boolean;
  /** The items of the blocks that hold named things, as they are written. */
  readonly blocks: Readonly<
    Record<
      'prometheus' | 'logs' | 'alerts' | 'threat_feeds' | 'receivers' | 'events' | 'time_intervals',
      readonly unknown[]
    >
  >;
  /** Receivers that are there without being listed. */
  readonly implied: readonly string[];
  readonly maintenance: readonly unknown[];
  /** Detectors as they are named, with the options that stand beside them in a map. */
  readonly detectors: readonly { readonly name: unknown; readonly options?: unknown }[];
  readonly packs: readonly unknown[];
  /** Files of objectives. */
  readonly objectives: readonly unknown[];
  /** In ms; the defaults while the config cannot be read. */
  readonly step: number;
  readonly scrapeInterval: number;
}

const fallback = 15_000;

/** How often all sources of metrics are sampled, that of the rarest, ms: queries are the same for each. */
export function scrapeIntervalOf({ prometheus, global }: Pick<Config, 'prometheus' | 'global'>): number {
  const intervals = prometheus.map(each => each.scrape_interval ?? global.scrape_interval);
  return intervals.length === 0 ? global.scrape_interval : Math.max(...intervals);
}

/** `config` is what `value` was read to, undefined where it has mistakes. */
export function outlineOf(value: unknown, config: Config | undefined): Outline {
  return {
    isMap: typeof value === 'object' && value !== null && !Array.isArray(value),
    blocks: {
      prometheus: listAt(value, 'prometheus'),
      logs: listAt(value, 'logs'),
      alerts: listAt(value, 'alerts'),
      threat_feeds: listAt(value, 'threat_feeds'),
      receivers: listAt(value, 'receivers'),
      events: listAt(value, 'events'),
      time_intervals: listAt(value, 'time_intervals'),
    },
    implied: at(value, 'alertmanager') === undefined ? [] : ['alertmanager'],
    maintenance: listAt(value, 'maintenance'),
    detectors: detectorsOf(at(at(value, 'detection'), 'detectors')),
    packs: listAt(value, 'packs'),
    objectives: listAt(value, 'objectives'),
    step: config?.global.step ?? fallback,
    scrapeInterval: config === undefined ? fallback : scrapeIntervalOf(config),
  };
}

function detectorsOf(given: unknown): Outline['detectors'] {
  if (Array.isArray(given)) return given.map((name: unknown) => ({ name }));
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).map(([name, options]: [string, unknown]) => ({ name, options }));
}

/** The `name` of an item, where it is a text. */
export function nameOf(item: unknown): string | undefined {
  const name = at(item, 'name');
  return typeof name === 'string' ? name : undefined;
}

/** What stands under a key; undefined where nothing can. */
export function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  if (Array.isArray(list)) return list;
  return list === undefined || list === null ? [] : [list];
}
