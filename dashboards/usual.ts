import type { DynamicConfigValue, MatcherConfig } from '@grafana/grafana-foundation-sdk/dashboard';

/** The range that a query had before a moment: two queries, and how Grafana draws them as one band. */
export interface UsualRange {
  readonly low: { readonly expr: string; readonly legend: string };
  readonly high: { readonly expr: string; readonly legend: string };
  readonly overrides: readonly {
    readonly matcher: MatcherConfig;
    readonly properties: DynamicConfigValue[];
  }[];
}

const low = 'usual, low';
const high = 'usual, high';

/**
 * What 98 of 100 samples of the hour before `at` (ms) were, of all series of the query together: asked from Prometheus
 * itself by a subquery at a fixed time, so that the band stays where it was while the reader moves through time.
 */
export function usualRange(expr: string, at: number): UsualRange {
  const before = `(${expr})[1h:1m] @ ${Math.floor(at / 1000)}`;
  const named = (name: string, properties: readonly { id: string; value: unknown }[]) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'color', value: { mode: 'fixed', fixedColor: 'green' } },
      ...properties,
    ],
  });
  return {
    low: { expr: `min(quantile_over_time(0.01, ${before}))`, legend: low },
    high: { expr: `max(quantile_over_time(0.99, ${before}))`, legend: high },
    overrides: [
      named(low, [
        { id: 'custom.fillOpacity', value: 0 },
        { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
      ]),
      named(high, [
        { id: 'custom.fillOpacity', value: 15 },
        { id: 'custom.fillBelowTo', value: low },
      ]),
    ],
  };
}
