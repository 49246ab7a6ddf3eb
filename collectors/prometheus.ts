import { setMaxListeners } from 'node:events';
import type { HttpClient } from '../core/http-client.ts';
import { joinSignal } from '../core/joined-signal.ts';
import { fingerprint } from '../core/labels.ts';
import type { RangeQuery, Series, SeriesSet, SeriesSource } from '../core/series.ts';
import { SourceError } from '../core/series.ts';
import { createHttpClient } from './http-client.ts';
import { createLimit } from './limit.ts';
import type { PrometheusOptions } from './prometheus-options.ts';
import { type QueryAnswer, RangeResponseScanner } from './range-response.ts';
import { RetryLater, type RetryPolicy, retryAfter, withRetries } from './retry.ts';
import { createSampleLimit, type SampleLimit } from './sample-limit.ts';

export { type PrometheusOptions, prometheusOptions } from './prometheus-options.ts';

/** One request to the query API, as it ended. */
export interface QueryEvent {
  readonly kind: 'query';
  readonly seconds: number;
  readonly outcome: 'ok' | 'error';
  readonly bytes: number;
}

/** An answer with Prometheus' infos, which unlike warnings say nothing against the data. */
export interface PrometheusAnswer extends SeriesSet {
  readonly infos: readonly string[];
}

/** Made from checked options, asked, closed. All rejections are SourceErrors, or the reason of an aborted signal. */
export interface PrometheusSource extends SeriesSource {
  queryRange(query: RangeQuery): Promise<PrometheusAnswer>;
  /** The value of `query` at `time` (ms), one sample a series. */
  queryInstant(query: string, time: number, signal?: AbortSignal): Promise<PrometheusAnswer>;
  close(): Promise<void>;
}

/** Observers and what tests replace; `retry` defaults to 3 retries from 250 ms on. */
export interface PrometheusHooks {
  readonly observe?: (event: QueryEvent) => void;
  readonly retry?: Partial<RetryPolicy>;
}

type Form = Readonly<Record<string, string>>;

/** A source over Prometheus' HTTP API v1. Ranges are put on multiples of the step and split under `max_points`. */
export function createPrometheusSource(
  options: PrometheusOptions,
  hooks: PrometheusHooks = {},
): PrometheusSource {
  const client = createHttpClient(options, { connections: options.queries_in_flight });
  const limit = createLimit(options.queries_in_flight);
  const policy: RetryPolicy = { retries: 3, base: 250, random: Math.random, ...hooks.retry };
  const ask = (path: string, form: Form, signal?: AbortSignal) =>
    limit(() => withRetries(() => post({ options, client, hooks }, { path, form }, signal), policy, signal));
  const queryInstant: PrometheusSource['queryInstant'] = async (query, time, signal) =>
    joined([await ask('query', { query, time: seconds(time), ...thanos(options) }, signal)]);
  const samples = sampleLimit(options, queryInstant);
  return {
    async queryRange(range) {
      const { query } = range;
      const atOnce = Math.min(options.max_points, (await samples?.stepsAtOnce(range)) ?? options.max_points);
      const forms = split(range, atOnce).map(part => ({ query, ...part, ...thanos(options) }));
      const joint = joinSignal(range.signal);
      setMaxListeners(0, joint.signal);
      try {
        return joined(await Promise.all(forms.map(form => ask('query_range', form, joint.signal))));
      } catch (error) {
        joint.abort();
        throw error;
      } finally {
        joint.letGo();
      }
    },
    queryInstant,
    close: () => client.close(),
  };
}

function sampleLimit(
  { samples_per_query: most }: PrometheusOptions,
  ask: PrometheusSource['queryInstant'],
): SampleLimit | undefined {
  if (most === undefined) return undefined;
  return createSampleLimit(most, async (query, at, signal) => {
    const { series } = await ask(query, at, signal);
    return series[0]?.v.at(-1) ?? 0;
  });
}

/** `start` and `end` on multiples of `step`, in pieces of at most `maxPoints` points. */
function split(range: { start: number; end: number; step: number }, maxPoints: number): Form[] {
  const { step } = range;
  if (!(step > 0)) throw new SourceError(`the step must be above 0 ms, got ${step}`, { retryable: false });
  const end = Math.floor(range.end / step) * step;
  const out: Form[] = [];
  for (let start = Math.ceil(range.start / step) * step; start <= end; start += maxPoints * step) {
    const last = Math.min(end, start + (maxPoints - 1) * step);
    out.push({ start: seconds(start), end: seconds(last), step: seconds(step) });
  }
  return out;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function thanos(options: PrometheusOptions): Form {
  const { partial_response: partial, dedup, max_source_resolution: resolution } = options;
  return {
    ...(partial === undefined ? {} : { partial_response: String(partial) }),
    ...(dedup === undefined ? {} : { dedup: String(dedup) }),
    ...(resolution === undefined ? {} : { max_source_resolution: resolution }),
  };
}

function joined(answers: readonly QueryAnswer[]): PrometheusAnswer {
  const pieces = new Map<string, Series[]>();
  for (const series of answers.flatMap(answer => answer.series)) {
    const key = fingerprint(series.labels);
    const list = pieces.get(key);
    if (list === undefined) pieces.set(key, [series]);
    else list.push(series);
  }
  const warnings = [...new Set(answers.flatMap(answer => answer.warnings))];
  const infos = [...new Set(answers.flatMap(answer => answer.infos))];
  return { series: [...pieces.values()].map(concatenated), warnings, infos, partial: warnings.length > 0 };
}

function concatenated(pieces: readonly Series[]): Series {
  const first = pieces[0]!;
  if (pieces.length === 1) return first;
  const length = pieces.reduce((sum, piece) => sum + piece.t.length, 0);
  const t = new Float64Array(length);
  const v = new Float64Array(length);
  let at = 0;
  for (const piece of pieces) {
    t.set(piece.t, at);
    v.set(piece.v, at);
    at += piece.t.length;
  }
  return { labels: first.labels, t, v };
}

interface Connection {
  readonly options: PrometheusOptions;
  readonly client: HttpClient;
  readonly hooks: PrometheusHooks;
}

async function post(
  { options, client, hooks }: Connection,
  { path, form }: { path: string; form: Form },
  signal: AbortSignal | undefined,
): Promise<QueryAnswer> {
  const began = performance.now();
  const url = new URL(`${options.url.replace(/\/+$/, '')}/api/v1/${path}`);
  const where = `${url.origin}${url.pathname}`;
  const joint = joinSignal(signal);
  const timer = setTimeout(joint.abort, options.timeout);
  const scanner = new RangeResponseScanner();
  let outcome: QueryEvent['outcome'] = 'error';
  try {
    const answer = await exchange({ client, url, form, signal: joint.signal }, scanner);
    outcome = 'ok';
    return answer;
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (joint.signal.aborted)
      throw new SourceError(`${where}: no answer within ${options.timeout} ms`, { retryable: false });
    throw located(error, where);
  } finally {
    clearTimeout(timer);
    joint.letGo();
    const event = {
      kind: 'query',
      seconds: (performance.now() - began) / 1000,
      bytes: scanner.bytes,
    } as const;
    hooks.observe?.({ ...event, outcome });
  }
}

interface Exchange {
  readonly client: HttpClient;
  readonly url: URL;
  readonly form: Form;
  readonly signal: AbortSignal;
}

async function exchange(call: Exchange, scanner: RangeResponseScanner): Promise<QueryAnswer> {
  const { client, url, form, signal } = call;
  const { status, headers, body } = await client.post({
    url: url.href,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    signal,
  });
  if (status === 200) {
    for await (const chunk of body) scanner.push(chunk);
    return scanner.end();
  }
  const reason = await failureReason(body, scanner);
  const message = `answered ${status}${reason === '' ? '' : ` (${reason})`}`;
  if ([429, 502, 503, 504].includes(status))
    throw new RetryLater(message, retryAfter(one(headers['retry-after']), one(headers.date)));
  throw new SourceError(message, { retryable: false });
}

/** Prometheus' own words when the body has them; anything else (a proxy's page) is not repeated. */
async function failureReason(
  body: AsyncIterable<Uint8Array>,
  scanner: RangeResponseScanner,
): Promise<string> {
  try {
    for await (const chunk of body) scanner.push(chunk);
    scanner.end();
    return '';
  } catch (error) {
    const known = error instanceof SourceError && /^[a-z_]+: /.test(error.message);
    return known ? error.message : '';
  }
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function located(error: unknown, where: string): SourceError {
  if (error instanceof RetryLater) return new RetryLater(`${where}: ${error.message}`, error.after);
  if (error instanceof SourceError)
    return new SourceError(`${where}: ${error.message}`, { retryable: error.retryable, cause: error.cause });
  return new SourceError(`${where}: ${error instanceof Error ? error.message : String(error)}`, {
    retryable: true,
  });
}
