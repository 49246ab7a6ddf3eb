import type { HttpClient } from '../core/http-client.ts';
import { joinSignal } from '../core/joined-signal.ts';
import { SourceError } from '../core/series.ts';
import { RetryLater, retryAfter } from './retry.ts';

/** One request of a JSON API: how long it may take, ms, and how long its answer may be, bytes. A POST where it has a body. */
export interface TextRequest {
  readonly client: HttpClient;
  readonly url: URL;
  readonly timeout: number;
  readonly longest: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What to look at when the other side answers such a status. */
  readonly hints?: Readonly<Record<number, string>>;
}

/** An answer 200. */
export interface TextAnswer {
  readonly text: string;
  header(name: string): string | undefined;
}

/** An answer is longer than was allowed: less may be asked for. */
export class TooLong extends SourceError {}

/** The text of an answer 200; rejects as `exchangeText` does. */
export async function getText(request: TextRequest, signal: AbortSignal | undefined): Promise<string> {
  return (await exchangeText(request, signal)).text;
}

/**
 * An answer 200. Rejects with a SourceError that names the address (never its query or a secret), with RetryLater where the other side
 * asks for time, with TooLong, or with the reason of an aborted signal.
 */
export async function exchangeText(
  { client, url, timeout, longest, headers, body, hints = {} }: TextRequest,
  signal: AbortSignal | undefined,
): Promise<TextAnswer> {
  const where = `${url.origin}${url.pathname}`;
  const joint = joinSignal(signal);
  const timer = setTimeout(joint.abort, timeout);
  try {
    const asked = {
      url: url.href,
      headers: { accept: 'application/json', ...headers },
      signal: joint.signal,
    };
    const answer = await (body === undefined ? client.get(asked) : client.post({ ...asked, body }));
    const text = await bounded(answer.body, where, longest);
    if (answer.status === 200) return { text, header: name => one(answer.headers[name]) };
    const hint = hints[answer.status];
    const message = `${where}: answered ${answer.status}${hint === undefined ? '' : `: ${hint}`}`;
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
      throw new TooLong(`${where}: the answer is longer than ${longest} bytes`, {
        retryable: false,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
