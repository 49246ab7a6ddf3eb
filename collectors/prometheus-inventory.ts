import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { SourceError } from '../core/series.ts';
import { getText } from './get-text.ts';
import { createHttpClient } from './http-client.ts';
import type { PrometheusOptions } from './prometheus-options.ts';
import { type RetryPolicy, withRetries } from './retry.ts';

/** What a Prometheus says of itself. What speaks only its query API (Thanos, Mimir) does not know the last two. */
export interface PrometheusInventory {
  readonly metrics: readonly string[];
  /** How often most of its targets are scraped, ms. */
  readonly scrapeInterval: number | undefined;
  /** Base addresses of the Alertmanagers that it tells. */
  readonly alertmanagers: readonly string[];
}

/** Names of a million metrics fit. */
const longestAnswer = 64_000_000;

const namesSchema = z.object({ data: z.array(z.string()) });
const targetsSchema = z.object({
  data: z.object({ activeTargets: z.array(z.object({ scrapeInterval: z.string().optional() })) }),
});
const alertmanagersSchema = z.object({
  data: z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }),
});

/** Asks for all of it. Rejects with a SourceError when even the names of its metrics cannot be had. */
export async function readInventory(
  options: PrometheusOptions,
  { signal, retry = {} }: { readonly signal?: AbortSignal; readonly retry?: Partial<RetryPolicy> } = {},
): Promise<PrometheusInventory> {
  const client = createHttpClient(options, { connections: 1 });
  const policy: RetryPolicy = { retries: 3, base: 250, random: Math.random, ...retry };
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const url = new URL(`${options.url.replace(/\/+$/, '')}/api/v1/${path}`);
    const asked = { client, url, timeout: options.timeout, longest: longestAnswer };
    const text = await withRetries(() => getText(asked, signal), policy, signal);
    return parsed(text, schema, `${url.origin}${url.pathname}`);
  };
  const optional = <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> =>
    ask(path, schema).catch(error => {
      if (error instanceof SourceError) return undefined;
      throw error;
    });
  try {
    const { data: metrics } = await ask('label/__name__/values', namesSchema);
    const targets = await optional('targets?state=active', targetsSchema);
    const told = await optional('alertmanagers', alertmanagersSchema);
    return {
      metrics,
      scrapeInterval: mostCommon(targets?.data.activeTargets ?? []),
      alertmanagers: baseAddresses(told?.data.activeAlertmanagers ?? []),
    };
  } finally {
    await client.close();
  }
}

function parsed<T>(text: string, schema: z.ZodType<T>, where: string): T {
  const refuse = () =>
    new SourceError(`${where}: not the answer of a Prometheus`, {
      retryable: false,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const read = schema.safeParse(json);
  if (!read.success) throw refuse();
  return read.data;
}

function mostCommon(
  targets: readonly { readonly scrapeInterval?: string | undefined }[],
): number | undefined {
  const counts = new Map<string, number>();
  for (const { scrapeInterval } of targets)
    if (scrapeInterval !== undefined) counts.set(scrapeInterval, (counts.get(scrapeInterval) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  try {
    return parseDuration(most[0]);
  } catch {
    return undefined;
  }
}

function baseAddresses(all: readonly { readonly url: string }[]): readonly string[] {
  return [...new Set(all.map(({ url }) => url.replace(/\/api\/v[12]\/alerts$/, '')))];
}
