import { z } from 'zod';
import type { HttpClient, HttpPost } from '../../core/http-client.ts';
import { joinSignal } from '../../core/joined-signal.ts';
import { SourceError } from '../../core/series.ts';

/** Where an HTTP receiver is; how it is reached (credentials, certificates, headers) is its client's matter. */
export const postOptions = {
  url: z.url({ protocol: /^https?$/ }).describe('Address.'),
  timeout: z.int().min(1).default(10_000).describe('Longest time of one request, in ms.'),
};
const schema = z.strictObject(postOptions);
type PostOptions = z.output<typeof schema>;

/** Sends JSON; rejects with a SourceError: final where the other side will never take this content, else retryable. */
export type Post = (
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<void>;

/**
 * Answers after which the same content may be taken later: wrong credentials and a moved address are mended by a
 * person or a rotation, and until then nobody's page may be thrown away.
 */
const passing = new Set([401, 403, 404, 407, 408, 425, 429]);

/** A poster to one address. */
export function createPost({ url, timeout }: PostOptions, client: HttpClient): Post {
  const { host } = new URL(url);
  return async (body, headers, signal) => {
    const joint = joinSignal(signal);
    const timer = setTimeout(joint.abort, timeout);
    const request = {
      url,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: joint.signal,
    };
    const { status, text } = await exchange(client, request)
      .catch((cause: unknown) => {
        const late = joint.signal.aborted && signal?.aborted !== true;
        const reason = cause instanceof Error ? cause.message : String(cause);
        const words = late ? `no answer within ${timeout} ms` : reason;
        throw new SourceError(`${host}: ${words}`, { retryable: true, cause });
      })
      .finally(() => {
        clearTimeout(timer);
        joint.letGo();
      });
    if (status >= 200 && status < 300) return;
    const retryable = status < 400 || status >= 500 || passing.has(status);
    throw new SourceError(`${host} answered ${status}${text === '' ? '' : `: ${text}`}`, { retryable });
  };
}

/** The status and how a refusal begins. An answer about credentials may repeat them, a proxy's page says nothing. */
async function exchange(
  client: HttpClient,
  request: HttpPost,
): Promise<{ readonly status: number; readonly text: string }> {
  const { status, headers, body } = await client.post(request);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) if (text.length < 200) text += decoder.decode(chunk, { stream: true });
  const silent = [401, 403, 407].includes(status) || String(headers['content-type']).includes('html');
  return { status, text: silent ? '' : text.slice(0, 200).replaceAll(/\s+/g, ' ').trim() };
}
