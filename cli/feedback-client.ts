import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { SourceError } from '../core/series.ts';
import { InputError } from './exit.ts';
import type { Loaded } from './load.ts';
import { storedIdentity } from './store-identity.ts';

/** Who asks a running daemon: the user of its web config, where it has users. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Whom a command asks: the daemon of its config, else the one at `url`, whatever its store; and as whom. */
export interface Asked {
  readonly login?: Login | undefined;
  readonly url?: string | undefined;
}

/** One question to a running daemon; with a body it is a POST. */
export interface Question {
  readonly path: string;
  readonly body?: unknown;
}

/** Asks a running daemon. */
export interface DaemonClient {
  /**
   * What it answered as `data`; undefined when nobody listens. Throws an InputError for a refusal, and where another foreshock than
   * that of the config listens; a SourceError for a failure.
   */
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

/** An address to ask; `named` when somebody wrote it down for people to ask, so that its store may be elsewhere. */
interface Address {
  readonly url: string;
  readonly own: boolean;
  readonly named: boolean;
}

/** Where a daemon is asked: at the URL given, else where that of this config listens, then where people reach it. */
function addressesOf({ config: { web }, webConfig }: Loaded, url: string | undefined): readonly Address[] {
  const scheme = webConfig?.tls_server_config === undefined ? 'http' : 'https';
  // A wildcard is an address to listen on, not to ask.
  const host = web.listen.replace(/^(?:0\.0\.0\.0|\[::\])?:/, '127.0.0.1:');
  const here = { url: `${scheme}://${host}`, own: true, named: false };
  const at = (named: string) => {
    const trimmed = named.replace(/\/$/, '');
    return { url: trimmed, own: trimmed === here.url, named: true };
  };
  if (url !== undefined) return [at(url)];
  return web.external_url === undefined ? [here] : [here, at(web.external_url)];
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

async function answerOf(way: Way, question: Question): ReturnType<typeof askOnce> {
  for (let n = 1; ; n++) {
    const given = await askOnce(way, question);
    // Only what was not taken at all is asked again: nothing is said twice.
    if ((given.status !== 429 && given.status !== 503) || n === tries) return given;
    await sleep(200 * 2 ** n * (0.5 + Math.random() / 2));
  }
}

async function askAt(way: Way, question: Question): Promise<{ readonly data: unknown }> {
  const { status, answer } = await answerOf(way, question);
  if (answer?.status === 'success') return { data: answer.data };
  throw wrong(way.url, status, answer?.error ?? 'this is no answer of foreshock');
}

const identitySchema = z.object({ id: z.string(), path: z.string() });

const another = (url: string) =>
  `stop what listens there, give this config a web.listen of its own, or ask that one on purpose with --url ${url}`;

/** Throws an InputError unless what listens there works on the store of this config; nothing else is asked of it before. */
async function assureStore(
  way: Way,
  { directory, named }: { readonly directory: string; readonly named: boolean },
): Promise<void> {
  const here = existsSync(path.join(directory, 'foreshock.db')) ? storedIdentity(directory) : undefined;
  // An external_url may be that of a foreshock on another machine, whose store is there.
  if (here === undefined && named) return;
  const { status, answer } = await answerOf(way, { path: '/api/v1/status/store' });
  if (answer?.status === 'error' && (status === 401 || status === 429 || status >= 500))
    throw wrong(way.url, status, answer.error);
  const told = identitySchema.safeParse(answer?.status === 'success' ? answer.data : undefined);
  const mine = path.resolve(directory);
  if (!told.success)
    throw new InputError(
      `${way.url} does not tell on which store it works (it answered ${status}): it is no foreshock or an older one, and not known to be that of ${mine}; ${another(way.url)}`,
    );
  if (here !== undefined && told.data.id === here.id) return;
  const id = here === undefined ? 'there is none' : (here.id ?? 'no foreshock has run on it');
  throw new InputError(
    `${way.url} is a foreshock with another store: it works on ${told.data.path} (${told.data.id}), this config on ${mine} (${id}); ${another(way.url)}`,
  );
}

/** A client for the daemon that runs with this config, or at the URL given. */
export function createDaemonClient(loaded: Loaded, { login, url: given }: Asked): DaemonClient {
  const own = dispatcherOf(loaded);
  const others = new Agent();
  const headers = headersOf(login);
  const assured = new Set<string>();
  const askOf = async ({ url, own: ours, named }: Address, question: Question) => {
    const way = { url, dispatcher: ours ? own : others, headers };
    if (given === undefined && !assured.has(url))
      await assureStore(way, { directory: loaded.config.storage.path, named });
    assured.add(url);
    return await askAt(way, question);
  };
  return {
    async ask(question) {
      for (const address of addressesOf(loaded, given))
        try {
          return await askOf(address, question);
        } catch (error) {
          if (error instanceof InputError || error instanceof SourceError) throw error;
          if (given === undefined && nobody.has(codeOf(error))) continue;
          const reason = error instanceof Error ? error.message : String(error);
          throw new SourceError(`${address.url} does not answer: ${reason}`, { retryable: true });
        }
      return undefined;
    },
    async close() {
      await Promise.all([own.close(), others.close()]);
    },
  };
}
