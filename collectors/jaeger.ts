import { z } from 'zod';
import type { HttpAccess } from '../core/http-access.ts';
import { SourceError } from '../core/series.ts';
import type { SeenEdge, TopologySource } from '../core/topology.ts';
import { getText } from './get-text.ts';
import { createHttpClient } from './http-client.ts';
import { type RetryPolicy, withRetries } from './retry.ts';

/** How Jaeger's query service is reached, and how much of its past is asked for; times in ms. */
export interface JaegerOptions extends HttpAccess {
  /** What its edges are said by. */
  readonly name: string;
  /** Base address of the query service; `/api/dependencies` is added. */
  readonly url: string;
  readonly timeout: number;
  readonly lookback: number;
}

/** An answer that is longer, bytes, is no graph of services. */
const longestAnswer = 16_000_000;

const link = z.object({ parent: z.string(), child: z.string(), callCount: z.number().default(1) });
const answerSchema = z.object({
  data: z.array(link).nullish(),
  errors: z.array(z.object({ msg: z.string() })).nullish(),
});

/** Jaeger computes the graph of a storage by a job of its own, hours late at times, so its word is a little less than a metric's. */
const confidence = 0.9;

/**
 * Who calls whom by Jaeger's `/api/dependencies` (`endTs` and `lookback` in ms). `read` rejects with a SourceError that names the
 * address when there is no answer or another one than documented. `retry` defaults to 3 retries from 250 ms on.
 */
export function createJaegerSource(
  options: JaegerOptions,
  retry: Partial<RetryPolicy> = {},
): TopologySource & { close(): Promise<void> } {
  const client = createHttpClient(options, { connections: 1 });
  const policy: RetryPolicy = { retries: 3, base: 250, random: Math.random, ...retry };
  const { name, lookback } = options;
  return {
    name,
    async read({ t, signal }) {
      const url = new URL(`${options.url.replace(/\/+$/, '')}/api/dependencies`);
      url.search = new URLSearchParams({ endTs: String(t), lookback: String(lookback) }).toString();
      const asked = { client, url, timeout: options.timeout, longest: longestAnswer };
      const text = await withRetries(() => getText(asked, signal), policy, signal);
      return { t, source: name, confidence, edges: edgesOf(text, `${url.origin}${url.pathname}`) };
    },
    close: () => client.close(),
  };
}

function edgesOf(text: string, where: string): SeenEdge[] {
  const refuse = (why: string) => new SourceError(`${where}: ${why}`, { retryable: false });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse(`the answer is not JSON: is this the address of Jaeger's query service?`);
  }
  const read = answerSchema.safeParse(json);
  if (!read.success) throw refuse('the answer is not a list of {parent, child, callCount} under "data"');
  const { data, errors } = read.data;
  if (errors && errors.length > 0) throw refuse(errors[0]!.msg.slice(0, 300));
  return (data ?? [])
    .filter(({ parent, child, callCount }) => parent !== '' && child !== '' && callCount > 0)
    .map(({ parent, child }) => ({ from: parent, to: child, kind: 'calls' }));
}
