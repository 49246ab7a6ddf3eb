import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { decode, encode } from '@msgpack/msgpack';
import type { FluentForwardOptions } from './fluent-options.ts';

type Secrets = Pick<
  FluentForwardOptions,
  'shared_key' | 'shared_key_file' | 'username' | 'password' | 'password_file'
>;

/** The handshake of one connection: HELO goes out first, then the answer to the sender's PING. */
export interface Handshake {
  readonly helo: Uint8Array;
  /** Checks a PING; `pong` is to be sent in any case. Rejects when a secret cannot be read. */
  answer(ping: Buffer): Promise<{ readonly ok: boolean; readonly reason: string; readonly pong: Uint8Array }>;
}

/** True when senders have to know a shared key. */
export function asksForKey({ shared_key, shared_key_file }: Secrets): boolean {
  return shared_key !== undefined || shared_key_file !== undefined;
}

/** SHA-512 of the parts one after another, in hexadecimal. */
function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

async function secret(text: string | undefined, file: string | undefined): Promise<string> {
  return file === undefined ? (text ?? '') : (await readFile(file, 'utf8')).trim();
}

interface Ping {
  readonly host: Uint8Array;
  readonly salt: Uint8Array;
  readonly key: string;
  readonly user: string;
  readonly password: string;
}

function readPing(message: Buffer): Ping | undefined {
  const parts = decode(message, { rawStrings: true });
  if (!Array.isArray(parts) || parts.length < 4) return undefined;
  const [kind, host, salt, ...rest] = parts.map(part => (part instanceof Uint8Array ? part : undefined));
  const [key = '', user = '', password = ''] = rest.map(part => Buffer.from(part ?? []).toString('utf8'));
  if (kind === undefined || host === undefined || salt === undefined) return undefined;
  return Buffer.from(kind).toString() === 'PING' ? { host, salt, key, user, password } : undefined;
}

/** The server's side of the handshake of the forward protocol v1. Salts are made anew for each connection. */
export function createHandshake(secrets: Secrets): Handshake {
  const nonce = randomBytes(16).toString('hex');
  const auth = secrets.username === undefined ? '' : randomBytes(16).toString('hex');
  const self = hostname();
  const refused = (reason: string) => ({ ok: false, reason, pong: encode(['PONG', false, reason, '', '']) });
  return {
    helo: encode(['HELO', { nonce, auth, keepalive: true }]),
    async answer(message) {
      const ping = readPing(message);
      if (ping === undefined) return refused('a PING of the handshake was expected');
      const key = await secret(secrets.shared_key, secrets.shared_key_file);
      if (!equal(ping.key, digest(ping.salt, ping.host, nonce, key))) return refused('shared key mismatch');
      const password = await secret(secrets.password, secrets.password_file);
      const known = secrets.username === undefined || equal(ping.user, secrets.username);
      const expected = digest(auth, secrets.username ?? '', password);
      if (!known || (auth !== '' && !equal(ping.password, expected)))
        return refused('username or password mismatch');
      const proof = digest(ping.salt, self, nonce, key);
      return { ok: true, reason: '', pong: encode(['PONG', true, '', self, proof]) };
    },
  };
}
