import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { version } from '../core/version.ts';
import type { SpanExport, Tracing } from './tracing.ts';

/** Longest time of one export with its retries, ms: it is also how long an endpoint that hangs may delay the end. */
const timeout = 3000;

/** Spans leave so long after the first of them ended, ms. */
const delay = 1000;

/** The address of traces below the base of an OTLP/HTTP endpoint. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

/** Node's error of a name with several addresses has a code and no message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return [error.message, error.message.includes(code) ? '' : code].filter(text => text !== '').join(' ');
}

/** The exporter, with each of its exports told to `observe`. */
function observed(exporter: SpanExporter, observe: (result: SpanExport) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, result => {
        const { length } = spans;
        if (result.code === 0) observe({ ok: true, spans: length });
        else observe({ ok: false, spans: length, message: messageOf(result.error ?? 'it refused them') });
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** Spans sent as OTLP/HTTP JSON to `endpoint`, beside the work; this file alone loads the SDK. */
export function createOtlpTracing(endpoint: string, observe: (result: SpanExport) => void): Tracing {
  let failing = false;
  const exporter = observed(
    new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: timeout }),
    result => {
      failing = !result.ok;
      observe(result);
    },
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'foreshock', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: delay,
        exportTimeoutMillis: timeout + 1000,
      }),
    ],
  });
  const tracer = provider.getTracer('foreshock', version);
  const current = new AsyncLocalStorage<Context>();
  return {
    span(name, attributes, body) {
      const parent = current.getStore() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name, { attributes: { ...attributes } }, parent);
      const fail = (error: unknown) => {
        span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
        span.end();
      };
      try {
        const result = current.run(trace.setSpan(parent, span), () =>
          body(more => void span.setAttributes({ ...more })),
        );
        if (result instanceof Promise) void result.then(() => span.end(), fail);
        else span.end();
        return result;
      } catch (error) {
        fail(error);
        throw error;
      }
    },
    carry() {
      const context = current.getStore();
      return body => (context === undefined ? body() : current.run(context, body));
    },
    // To an endpoint that did not take the last spans none are sent: the end would wait in vain.
    close: async () => (failing ? undefined : provider.shutdown().catch(() => undefined)),
  };
}
