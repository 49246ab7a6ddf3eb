import { createPrometheusSource, type PrometheusSource } from '../collectors/prometheus.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../server/metrics.ts';

/** How a source answered last; read by the page and by the alert `ForeshockSourceDown`. */
export interface SourceHealth {
  readonly name: string;
  up: boolean;
  /** Time of the last good answer, ms. */
  lastAt: number | undefined;
  message: string;
}

export interface WatchedSource {
  readonly source: PrometheusSource;
  readonly health: SourceHealth;
}

const resolutions = ['auto', '0s', '5m', '1h'] as const;

/** A source of metrics as the config names it, with its queries counted. */
export function createSource(
  options: Config['prometheus'][number],
  config: Config,
  metrics: Metrics,
): WatchedSource {
  const { name, tls_config: tls, max_source_resolution: resolution, ...http } = options;
  const health: SourceHealth = { name, up: true, lastAt: undefined, message: '' };
  const source = createPrometheusSource(
    {
      ...http,
      tls_config: tls,
      max_source_resolution: resolutions.find(each => each === resolution),
      queries_in_flight: options.queries_in_flight ?? config.limits.queries_in_flight,
      scrape_interval: options.scrape_interval ?? config.global.scrape_interval,
    },
    { observe: ({ outcome }) => metrics.sourceQueries.inc({ source: name, outcome }) },
  );
  return { source, health };
}
