import { z } from 'zod';
import type { HttpAnswer, HttpSend, HttpSender } from '../core/http-client.ts';
import { joinSignal } from '../core/joined-signal.ts';
import { GrafanaError, type GrafanaOutcome, outcomeOf, sayRefusal } from './grafana-failure.ts';

/** Where Grafana is; how it is reached (credentials, certificates, headers) is its client's matter. */
export interface GrafanaPlace {
  readonly url: string;
  /** Longest time of one request, ms. */
  readonly timeout: number;
  /** Told how each request ended; not of those that a stop has ended. */
  readonly observe?: (outcome: GrafanaOutcome) => void;
}

/** One request; `path` begins at the base URL. */
export interface GrafanaRequest {
  readonly method: HttpSend['method'];
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the JSON of a 2xx, undefined for a 404; rejects with a GrafanaError, or with the reason of the signal. */
export type GrafanaExchange = (request: GrafanaRequest, signal: AbortSignal) => Promise<unknown>;

/** No answer of Grafana's is larger: a dashboard is at most some MB. */
const mostBytes = 32e6;

/** Redirects are not followed: credentials would go elsewhere, and a page to log in is no answer. */
export function createGrafanaExchange(place: GrafanaPlace, client: HttpSender): GrafanaExchange {
  const { host } = new URL(place.url);
  const base = place.url.replace(/\/+$/, '');
  return async ({ method, path, body, headers }, signal) => {
    const joint = joinSignal(signal);
    const timer = setTimeout(joint.abort, place.timeout);
    const request: HttpSend = {
      ...{ method, url: `${base}${path}`, signal: joint.signal },
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    try {
      const answer = await client.send(request);
      const read = readAnswer(answer, await textOf(answer));
      place.observe?.(outcomeOf(answer.status));
      return read;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = asFailure(error, joint.signal.aborted ? place.timeout : undefined);
      place.observe?.(failure.outcome);
      const { outcome } = failure;
      throw new GrafanaError(`Grafana at ${host}: ${failure.message}`, { outcome, cause: error });
    } finally {
      clearTimeout(timer);
      joint.letGo();
    }
  };
}

function asFailure(error: unknown, timeout: number | undefined): GrafanaError {
  if (error instanceof GrafanaError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = timeout === undefined ? reason : `no answer within ${timeout} ms`;
  return new GrafanaError(message, { outcome: 'no_answer', cause: error });
}

async function textOf({ body }: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new GrafanaError(`answered with more than ${mostBytes / 1e6} MB`, { outcome: 'not_grafana' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const told = z.object({ message: z.string() });

/** What a proxy may repeat of a request's credentials, and Grafana's own tokens. */
const credentials = /\b(?:bearer|basic)\s+\S+|\bgl(?:sa|c)_\w+/gi;

/** What Grafana says of a refusal, in one line. */
function messageOf(json: unknown): string {
  const { data } = told.safeParse(json);
  const line = (data?.message ?? '').replace(/[\s\p{C}]+/gu, ' ');
  return line.replace(credentials, '<secret>').slice(0, 200);
}

function readAnswer({ status, headers }: HttpAnswer, text: string): unknown {
  const outcome = outcomeOf(status);
  const json = jsonOf(text);
  if (outcome === 'ok' && json !== undefined) return json;
  if (outcome === 'missing' && json !== undefined) return undefined;
  if (status >= 300 && status < 400) {
    const where = String(headers.location ?? '')
      .replace(/[?#].*$/, '')
      .replace(/\/\/[^/]*@/, '//');
    throw new GrafanaError(
      `answered ${status}, a redirect to "${where}": is dashboards.push.url Grafana's own address, and does no login stand before it?`,
      { outcome },
    );
  }
  if (outcome === 'ok' || outcome === 'missing')
    throw new GrafanaError(
      `answered ${status} with ${kindOf(headers)} instead of JSON: is dashboards.push.url Grafana's own address?`,
      { outcome: 'not_grafana' },
    );
  throw new GrafanaError(sayRefusal(status, messageOf(json)), { outcome });
}

function kindOf(headers: HttpAnswer['headers']): string {
  return String(headers['content-type'] ?? '').includes('html') ? 'a page (HTML)' : 'something else';
}

/** Undefined where it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
