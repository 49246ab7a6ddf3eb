import { z } from 'zod';
import type { HttpAccess } from '../core/http-access.ts';
import { SourceError } from '../core/series.ts';
import { type Silence, silenceMatcher } from '../core/silence.ts';
import { getText } from './get-text.ts';
import { createHttpClient } from './http-client.ts';
import { type RetryPolicy, withRetries } from './retry.ts';

/** How an Alertmanager is reached; times in ms. */
export interface SilenceSourceOptions extends HttpAccess {
  /** Name of the receiver that it is. */
  readonly name: string;
  /** Base address; `/api/v2/silences` is added. */
  readonly url: string;
  readonly timeout: number;
}

/** What an Alertmanager answered: its silences that are not over, and those that cannot be read, in words. */
export interface SilenceReading {
  readonly silences: readonly Silence[];
  /** The same as JSON: `readSilences` takes it again. */
  readonly text: string;
  readonly refused: readonly string[];
}

/** Made once, read again and again, closed at the end. */
export interface SilenceSource {
  readonly name: string;
  /** Rejects with a SourceError when there is no answer or another one than documented. */
  read(signal?: AbortSignal): Promise<SilenceReading>;
  close(): Promise<void>;
}

/** An answer that is longer, bytes, is no list of silences. */
const longestAnswer = 16_000_000;

const time = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'is no time' });
  return ms;
});
const silenceSchema = z.object({
  id: z.string(),
  matchers: z
    .array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z
          .boolean()
          .nullish()
          .transform(given => given ?? true),
      }),
    )
    .min(1),
  createdBy: z.string().default(''),
  comment: z.string().default(''),
  startsAt: time,
  endsAt: time,
  status: z.object({ state: z.string() }).optional(),
});

/** Reads the answer of `GET /api/v2/silences`. Throws a RangeError for what is no list; a silence that cannot be read is refused alone. */
export function readSilences(text: string): SilenceReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RangeError('the answer is not JSON: is this the address of an Alertmanager?');
  }
  if (!Array.isArray(json)) throw new RangeError('the answer is not a list of silences');
  const silences: Silence[] = [];
  const kept: unknown[] = [];
  const refused: string[] = [];
  for (const [k, given] of json.entries()) {
    const read = silenceSchema.safeParse(given);
    if (!read.success) {
      refused.push(`silence ${k}: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`);
      continue;
    }
    const { matchers, status, ...rest } = read.data;
    if (status?.state === 'expired') continue;
    try {
      silences.push({ ...rest, matches: silenceMatcher(matchers) });
      kept.push(given);
    } catch (error) {
      refused.push(`silence ${rest.id}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { silences, text: JSON.stringify(kept), refused };
}

/** The silences of an Alertmanager, by its API v2. `retry` defaults to 2 retries from 250 ms on. */
export function createSilenceSource(
  options: SilenceSourceOptions,
  retry: Partial<RetryPolicy> = {},
): SilenceSource {
  const client = createHttpClient(options, { connections: 1 });
  const policy: RetryPolicy = { retries: 2, base: 250, random: Math.random, ...retry };
  const url = new URL(`${options.url.replace(/\/+$/, '')}/api/v2/silences`);
  const request = { client, url, timeout: options.timeout, longest: longestAnswer };
  return {
    name: options.name,
    async read(signal) {
      const text = await withRetries(() => getText(request, signal), policy, signal);
      try {
        return readSilences(text);
      } catch (error) {
        throw new SourceError(
          `${url.origin}${url.pathname}: ${error instanceof Error ? error.message : error}`,
          {
            retryable: false,
            cause: error,
          },
        );
      }
    },
    close: () => client.close(),
  };
}
