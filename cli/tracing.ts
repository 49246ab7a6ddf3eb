import type { Config } from '../config/schema.ts';
import { httpUrl } from '../core/http-access.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Adds to the span what is known only while its body runs. */
export type Note = (attributes: SpanAttributes) => void;

/** Where spans of foreshock's own work go: made once, wrapped around stages at composition, closed at the end. */
export interface Tracing {
  /**
   * Runs `body` in a span below that of its caller; a promise ends it when it settles. What the body throws or rejects
   * with sets the status of the span and goes on to the caller.
   */
  span<T>(name: string, attributes: SpanAttributes, body: (note: Note) => T): T;
  /** Takes the span of the caller along: what is run by the answer, later, stands below it. */
  carry(): <T>(body: () => T) => T;
  /** Sends what is left, for a few seconds at most; never rejects. */
  close(): Promise<void>;
}

/** How an export went: so many spans were taken by the collector, or why they were not. */
export type SpanExport = { readonly spans: number } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string }
);

export interface TracingOptions {
  readonly config: Pick<Config, 'tracing'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly metrics: Pick<Metrics, 'traceSpans'>;
  readonly log: Log;
}

/** Runs the bodies and tells nobody. */
export const noTracing: Tracing = {
  span: (_name, _attributes, body) => body(() => undefined),
  carry: () => body => body(),
  close: async () => undefined,
};

const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** The config's endpoint, else that of the environment; undefined = off. */
function endpointOf({ config, env, log }: TracingOptions): string | undefined {
  if (config.tracing !== undefined) return config.tracing.endpoint;
  const given = env[variable];
  if (given === undefined || given === '') return undefined;
  const read = httpUrl.safeParse(given);
  if (read.success) return read.data;
  const reasons = read.error.issues.map(({ message }) => message).join('; ');
  log.warn(`no traces are sent: ${variable} ${reasons}, such as http://127.0.0.1:4318`);
  return undefined;
}

/** Tracing to the endpoint of the config or of the environment; without one nothing of the SDK is loaded. */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  const { metrics, log } = options;
  const endpoint = endpointOf(options);
  if (endpoint === undefined) return noTracing;
  let failing = false;
  const observe = (result: SpanExport) => {
    metrics.traceSpans.inc({ outcome: result.ok ? 'sent' : 'lost' }, result.spans);
    if (!result.ok && !failing)
      log.warn(`traces do not reach ${endpoint} and are lost until it answers: ${result.message}`);
    if (result.ok && failing) log.info(`traces reach ${endpoint} again`);
    failing = !result.ok;
  };
  const { createOtlpTracing } = await import('./otlp-tracing.ts');
  return createOtlpTracing(endpoint, observe);
}
