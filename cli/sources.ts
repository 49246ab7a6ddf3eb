import { createPrometheusSource } from '../collectors/prometheus.ts';
import type { Config } from '../config/schema.ts';
import type { Labels } from '../core/labels.ts';
import type { SeriesSource } from '../core/series.ts';
import type { SourceIdentity, WatchedClass } from '../core/watched-class.ts';
import type { Metrics } from '../server/metrics.ts';
import { createLogSource, storedLogSeries } from './log-series.ts';
import { threatSource } from './threat-source.ts';

/** How a source answered last; read by the page and by the alert `ForeshockSourceDown`. */
export interface SourceHealth {
  readonly name: string;
  up: boolean;
  /** Time of the last good answer, ms. */
  lastAt: number | undefined;
  message: string;
  /** Since when it does not answer, ms; undefined while it does. */
  downSince: number | undefined;
}

/** A place that is asked, by its name. */
export interface NamedSource {
  readonly name: string;
  readonly source: SeriesSource;
}

/** All places that are asked, and which of them a class is asked from. */
export interface AskedSources {
  readonly all: readonly NamedSource[];
  of(watch: WatchedClass): NamedSource;
}

export interface WatchedSource extends NamedSource {
  readonly health: SourceHealth;
  /** How often its series are sampled, ms. */
  readonly interval: number;
  close(): Promise<void>;
}

/** All sources that the config names, of metrics and of logs; made once, closed at the end. */
export interface Sources extends AskedSources {
  readonly all: readonly WatchedSource[];
  of(watch: WatchedClass): WatchedSource;
  close(): Promise<void>;
}

/** The one place where everything is asked, such as a recording. */
export function onlySource(source: SeriesSource): AskedSources {
  const only = { name: '', source };
  return { all: [only], of: () => only };
}

/** Labels tell apart what several sources of a kind watch under the same name: `external_labels`, else the source's name. */
export function identitiesOf({ prometheus, logs, threat_feeds: feeds }: Config): readonly SourceIdentity[] {
  const identity = (several: boolean, name: string, labels: Labels | undefined): SourceIdentity => ({
    name,
    labels: labels ?? (several ? { source: name } : {}),
    suffix: several ? `@${name}` : '',
  });
  return [
    ...prometheus.map(each => identity(prometheus.length > 1, each.name, each.external_labels)),
    ...logs.map(({ name }) => identity(logs.length > 1, name, undefined)),
    ...(feeds.length > 0 ? [identity(false, threatSource, undefined)] : []),
  ];
}

const resolutions = ['auto', '0s', '5m', '1h'] as const;

function createSource(
  options: Config['prometheus'][number],
  config: Config,
  metrics: Metrics,
): WatchedSource {
  const { name, external_labels: _, tls_config: tls, max_source_resolution: resolution, ...http } = options;
  const interval = options.scrape_interval ?? config.global.scrape_interval;
  const source = createPrometheusSource(
    {
      ...http,
      tls_config: tls,
      max_source_resolution: resolutions.find(each => each === resolution),
      samples_per_query: config.limits.samples_per_query,
      queries_in_flight: options.queries_in_flight ?? config.limits.queries_in_flight,
      scrape_interval: interval,
    },
    { observe: ({ outcome }) => metrics.sourceQueries.inc({ source: name, outcome }) },
  );
  return { name, source, health: answering(name), interval, close: () => source.close() };
}

const answering = (name: string): SourceHealth => ({
  name,
  up: true,
  lastAt: undefined,
  message: '',
  downSince: undefined,
});

function logSource(name: string, source: SeriesSource, { global: { step } }: Config): WatchedSource {
  return { name, source, health: answering(name), interval: step, close: async () => {} };
}

/**
 * The sources as the config names them, with their queries counted. What is counted of logs is read from the store unless
 * `logs` answers by the name of the source.
 */
export function createSources(
  config: Config,
  metrics: Metrics,
  logs?: (name: string) => SeriesSource,
): Sources {
  const stored = (name: string) => createLogSource(storedLogSeries(config.storage.path), { name });
  const counted = [
    ...config.logs.map(({ name }) => name),
    ...(config.threat_feeds.length > 0 ? [threatSource] : []),
  ];
  const all = [
    ...config.prometheus.map(options => createSource(options, config, metrics)),
    ...counted.map(name => logSource(name, (logs ?? stored)(name), config)),
  ];
  const byName = new Map(all.map(each => [each.name, each]));
  return {
    all,
    of: watch => byName.get(watch.source?.name ?? '') ?? all[0]!,
    close: async () => void (await Promise.all(all.map(each => each.close()))),
  };
}
