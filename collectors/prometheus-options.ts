import { z } from 'zod';
import { httpAccess, httpUrl, oneCredential } from '../core/http-access.ts';
import { durationOption } from './duration-option.ts';

/** How a Prometheus, or what speaks its query API (Thanos, Mimir, VictoriaMetrics), is reached and asked. */
export const prometheusOptions = z
  .strictObject({
    url: httpUrl.describe(
      'Base address; the API is expected below it at /api/v1, e.g. http://127.0.0.1:9090.',
    ),
    ...httpAccess,
    timeout: durationOption('30s', 1).describe('Longest time of one request, answer included.'),
    queries_in_flight: z.int().min(1).max(256).default(4).describe('Requests at the same time.'),
    max_points: z
      .int()
      .min(2)
      .default(11_000)
      .describe('Points per series in one request; longer ranges are split.'),
    samples_per_query: z
      .int()
      .min(1)
      .optional()
      .describe('Most series x steps that one request may read; longer ranges are split.'),
    scrape_interval: durationOption('15s', 1).describe('How often the targets are scraped.'),
    partial_response: z.boolean().optional().describe('Thanos: answer in part when a store is down.'),
    dedup: z.boolean().optional().describe('Thanos: merge the series of replicas.'),
    max_source_resolution: z
      .enum(['auto', '0s', '5m', '1h'])
      .optional()
      .describe('Thanos: coarsest downsampling that may be read; rates need 0s.'),
  })
  .refine(oneCredential.check, oneCredential.params);

export type PrometheusOptions = z.output<typeof prometheusOptions>;
