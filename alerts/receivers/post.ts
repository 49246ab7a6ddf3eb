import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { SourceError } from '../../core/series.ts';

/** How an HTTP receiver is reached: the same names as in Alertmanager's http_config. */
export const httpOptions = {
  url: z.url({ protocol: /^https?$/ }).describe('Address.'),
  timeout: z.int().min(1).default(10_000).describe('Longest time of one request, in ms.'),
  basic_auth: z
    .strictObject({ username: z.string(), password: z.string() })
    .optional()
    .describe('User and password.'),
  bearer_token: z.string().optional().describe('Token of the Authorization header.'),
  ca_file: z.string().optional().describe('Certificate authority that the server is checked against.'),
  insecure_skip_verify: z.boolean().default(false).describe('Do not check the certificate.'),
};
const schema = z.strictObject(httpOptions);
type HttpOptions = z.output<typeof schema>;

/** Sends JSON; rejects with a SourceError: retryable for no answer, 429 and 5xx, for good for other 4xx. */
export type Post = (body: unknown, headers: Record<string, string>, signal?: AbortSignal) => Promise<void>;

function authorization(options: HttpOptions): Record<string, string> {
  const { basic_auth: basic, bearer_token: token } = options;
  if (basic !== undefined)
    return {
      authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`,
    };
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A poster to one address, with its own connections. */
export function createPost(options: HttpOptions): Post {
  const ca = options.ca_file === undefined ? {} : { ca: readFileSync(options.ca_file) };
  const dispatcher = new Agent({ connect: { rejectUnauthorized: !options.insecure_skip_verify, ...ca } });
  return async (body, headers, signal) => {
    const limit = AbortSignal.timeout(options.timeout);
    const sent = request(options.url, {
      method: 'POST',
      dispatcher,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...authorization(options), ...headers },
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    }).then(async answer => ({ status: answer.statusCode, text: (await answer.body.text()).slice(0, 200) }));
    const { status, text } = await sent.catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError(`${new URL(options.url).host}: ${reason}`, { retryable: true, cause });
    });
    if (status >= 200 && status < 300) return;
    const retryable = status >= 500 || status === 429 || status === 408;
    throw new SourceError(`${new URL(options.url).host} answered ${status}: ${text}`, { retryable });
  };
}
