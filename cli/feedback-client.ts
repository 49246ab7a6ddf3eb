import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { SourceError } from '../core/series.ts';
import { InputError } from './exit.ts';
import type { Loaded } from './load.ts';

/** Who asks a running daemon: the user of its web config, where it has users. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** One question to a running daemon; with a body it is a POST. */
export interface Question {
  readonly path: string;
  readonly body?: unknown;
}

/** Asks a running daemon. */
export interface DaemonClient {
  /** What it answered as `data`; undefined when nobody listens. Throws an InputError for a refusal, a SourceError for a failure. */
  ask(question: Question): Promise<{ readonly data: unknown } | undefined>;
  close(): Promise<void>;
}

const patience = 10_000;
const tries = 3;
const answerSchema = z.union([
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);
const nobody = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

/** Where a daemon of this config is asked: where it listens, then where people reach it. */
function addressesOf({ config: { web }, webConfig }: Loaded): readonly string[] {
  const scheme = webConfig?.tls_server_config === undefined ? 'http' : 'https';
  // A wildcard is an address to listen on, not to ask.
  const host = web.listen.replace(/^(?:0\.0\.0\.0|\[::\])?:/, '127.0.0.1:');
  const outside = web.external_url === undefined ? [] : [web.external_url.replace(/\/$/, '')];
  return [`${scheme}://${host}`, ...outside];
}

/** Trusts the certificate that the daemon of this config shows, whatever name is in it, beside those of the system. */
function dispatcherOf({ webConfig }: Loaded): Agent {
  const file = webConfig?.tls_server_config?.cert_file;
  if (file === undefined) return new Agent();
  const ca = readFileSync(file);
  return new Agent({ connect: { ca, allowPartialTrustChain: true, checkServerIdentity: () => undefined } });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(url: string, status: number, message: string): Error {
  if (status === 401)
    return new InputError(`${url}: ${message}: give --user and --password-file, as in its web config`);
  const words = `${url} answered ${status}: ${message}`;
  return status < 500 && status !== 429
    ? new InputError(message)
    : new SourceError(words, { retryable: true });
}

function headersOf(login: Login | undefined): Readonly<Record<string, string>> {
  if (login === undefined) return {};
  const secret = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return { authorization: `Basic ${secret}` };
}

/** An address to ask, and how. */
interface Way {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
}

async function askOnce({ url, dispatcher, headers }: Way, { path, body }: Question) {
  const { statusCode, body: answer } = await request(`${url}${path}`, {
    dispatcher,
    signal: AbortSignal.timeout(patience),
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const parsed = answerSchema.safeParse(jsonOf(await answer.text()));
  return { status: statusCode, answer: parsed.success ? parsed.data : undefined };
}

/** A client for the daemon that runs with this config. */
export function createDaemonClient(loaded: Loaded, login: Login | undefined): DaemonClient {
  const own = dispatcherOf(loaded);
  const others = new Agent();
  const headers = headersOf(login);
  const askAt = async (url: string, dispatcher: Dispatcher, question: Question) => {
    for (let n = 1; ; n++) {
      const { status, answer } = await askOnce({ url, dispatcher, headers }, question);
      if (answer?.status === 'success') return { data: answer.data };
      // Only what was not taken at all is asked again: nothing is said twice.
      if ((status !== 429 && status !== 503) || n === tries)
        throw wrong(url, status, answer?.error ?? 'this is no answer of foreshock');
      await sleep(200 * 2 ** n * (0.5 + Math.random() / 2));
    }
  };
  return {
    async ask(question) {
      for (const [k, url] of addressesOf(loaded).entries())
        try {
          return await askAt(url, k === 0 ? own : others, question);
        } catch (error) {
          if (error instanceof InputError || error instanceof SourceError) throw error;
          if (nobody.has(codeOf(error))) continue;
          const reason = error instanceof Error ? error.message : String(error);
          throw new SourceError(`${url} does not answer: ${reason}`, { retryable: true });
        }
      return undefined;
    },
    async close() {
      await Promise.all([own.close(), others.close()]);
    },
  };
}
