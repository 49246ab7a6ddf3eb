import { z } from 'zod';
import type { HttpAccess } from '../core/http-access.ts';
import type { HttpClient } from '../core/http-client.ts';
import { joinSignal } from '../core/joined-signal.ts';
import { SourceError } from '../core/series.ts';
import { type Silence, silenceMatcher } from '../core/silence.ts';
import { createHttpClient } from './http-client.ts';
import { RetryLater, type RetryPolicy, withRetries } from './retry.ts';

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
  const url = `${options.url.replace(/\/+$/, '')}/api/v2/silences`;
  return {
    name: options.name,
    async read(signal) {
      const text = await withRetries(
        () => ask(client, { url, timeout: options.timeout }, signal),
        policy,
        signal,
      );
      try {
        return readSilences(text);
      } catch (error) {
        throw new SourceError(`${url}: ${error instanceof Error ? error.message : error}`, {
          retryable: false,
          cause: error,
        });
      }
    },
    close: () => client.close(),
  };
}

async function ask(
  client: HttpClient,
  { url, timeout }: { readonly url: string; readonly timeout: number },
  signal: AbortSignal | undefined,
): Promise<string> {
  const joint = joinSignal(signal);
  const timer = setTimeout(joint.abort, timeout);
  try {
    const { status, body } = await client.get({
      url,
      headers: { accept: 'application/json' },
      signal: joint.signal,
    });
    const text = await bounded(body);
    if (status === 200) return text;
    const message = `answered ${status}`;
    if (status === 429 || status >= 500) throw new RetryLater(message, undefined);
    throw new SourceError(message, { retryable: false });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const late = joint.signal.aborted;
    const words = late ? `no answer within ${timeout} ms` : error instanceof Error ? error.message : error;
    const retryable = error instanceof SourceError && error.retryable && !late;
    throw new SourceError(`${url}: ${words}`, { retryable, cause: error });
  } finally {
    clearTimeout(timer);
    joint.letGo();
  }
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > longestAnswer)
      throw new SourceError(`the answer is longer than ${longestAnswer} bytes`, { retryable: false });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
