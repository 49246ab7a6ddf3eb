import type { HttpClient } from '../core/http-client.ts';
import { joinSignal } from '../core/joined-signal.ts';
import { SourceError } from '../core/series.ts';
import { RetryLater, retryAfter } from './retry.ts';

/** One GET of a JSON API: how long it may take, ms, and how long its answer may be, bytes. */
export interface TextRequest {
  readonly client: HttpClient;
  readonly url: URL;
  readonly timeout: number;
  readonly longest: number;
}

/**
 * The text of an answer 200. Rejects with a SourceError that names the address (never its query or a secret), with RetryLater where
 * the other side asks for time, or with the reason of an aborted signal.
 */
export async function getText(
  { client, url, timeout, longest }: TextRequest,
  signal: AbortSignal | undefined,
): Promise<string> {
  const where = `${url.origin}${url.pathname}`;
  const joint = joinSignal(signal);
  const timer = setTimeout(joint.abort, timeout);
  try {
    const headers = { accept: 'application/json' };
    const answer = await client.get({ url: url.href, headers, signal: joint.signal });
    const text = await bounded(answer.body, where, longest);
    if (answer.status === 200) return text;
    const message = `${where}: answered ${answer.status}`;
    if (![429, 502, 503, 504].includes(answer.status)) throw new SourceError(message, { retryable: false });
    throw new RetryLater(message, retryAfter(one(answer.headers['retry-after']), one(answer.headers.date)));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (joint.signal.aborted)
      throw new SourceError(`${where}: no answer within ${timeout} ms`, { retryable: false });
    if (error instanceof SourceError && !error.message.startsWith(where))
      throw new SourceError(`${where}: ${error.message}`, {
        retryable: error.retryable,
        cause: error.cause,
      });
    throw error;
  } finally {
    clearTimeout(timer);
    joint.letGo();
  }
}

async function bounded(body: AsyncIterable<Uint8Array>, where: string, longest: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > longest)
      throw new SourceError(`${where}: the answer is longer than ${longest} bytes`, {
        retryable: false,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
