import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';

/** A duration of at least `least` ms in Prometheus' form, read to ms. */
function duration(fallback: string, least: number) {
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      try {
        const ms = parseDuration(text);
        if (ms >= least) return ms;
        context.addIssue({ code: 'custom', message: `must be at least ${least}ms, got ${text}` });
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
      return z.NEVER;
    });
}

const basicAuth = z
  .strictObject({
    username: z.string(),
    password: z.string().optional(),
    password_file: z.string().optional(),
  })
  .refine(
    value => value.password === undefined || value.password_file === undefined,
    'give password or password_file, not both',
  );

const authorization = z
  .strictObject({
    type: z.string().default('Bearer'),
    credentials: z.string().optional(),
    credentials_file: z.string().optional(),
  })
  .refine(
    value => (value.credentials === undefined) !== (value.credentials_file === undefined),
    'give credentials or credentials_file, one of them',
  );

const tlsConfig = z
  .strictObject({
    ca_file: z.string().optional(),
    cert_file: z.string().optional(),
    key_file: z.string().optional(),
    server_name: z.string().optional(),
    insecure_skip_verify: z.boolean().default(false),
  })
  .refine(
    value => (value.cert_file === undefined) === (value.key_file === undefined),
    'cert_file and key_file come together',
  );

/** How a Prometheus, or what speaks its query API (Thanos, Mimir, VictoriaMetrics), is reached and asked. */
export const prometheusOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .describe('Base address; the API is expected below it at /api/v1, e.g. http://127.0.0.1:9090.'),
    basic_auth: basicAuth
      .optional()
      .describe('User and password (or the file that holds it, read anew each time).'),
    authorization: authorization
      .optional()
      .describe('Authorization header: type, and credentials or their file.'),
    tls_config: tlsConfig.optional().describe('Certificate authority, client certificate, server name.'),
    headers: z.record(z.string(), z.string()).default({}).describe('Further headers, e.g. X-Scope-OrgID.'),
    timeout: duration('30s', 1).describe('Longest time of one request, answer included.'),
    queries_in_flight: z.int().min(1).max(256).default(4).describe('Requests at the same time.'),
    max_points: z
      .int()
      .min(2)
      .default(11_000)
      .describe('Points per series in one request; longer ranges are split.'),
    scrape_interval: duration('15s', 1).describe('How often the targets are scraped.'),
    partial_response: z.boolean().optional().describe('Thanos: answer in part when a store is down.'),
    dedup: z.boolean().optional().describe('Thanos: merge the series of replicas.'),
    max_source_resolution: z
      .enum(['auto', '0s', '5m', '1h'])
      .optional()
      .describe('Thanos: coarsest downsampling that may be read; rates need 0s.'),
  })
  .refine(value => value.basic_auth === undefined || value.authorization === undefined, {
    message: 'give basic_auth or authorization, not both',
    path: ['authorization'],
  });

export type PrometheusOptions = z.output<typeof prometheusOptions>;
