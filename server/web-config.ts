import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { compare, hashSync } from 'bcryptjs';
import { z } from 'zod';

const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

const bcryptHash = z
  .string()
  .regex(/^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/, 'must be a bcrypt hash, as `htpasswd -nBC 10 ""` prints it');

const tlsSchema = z
  .strictObject({
    cert_file: z.string().min(1),
    key_file: z.string().min(1),
    client_auth_type: z.enum(clientAuthTypes).default('NoClientCert'),
    client_ca_file: z.string().min(1).optional(),
    min_version: z.enum(['TLS12', 'TLS13']).default('TLS12'),
  })
  .refine(tls => !/Verify/.test(tls.client_auth_type) || tls.client_ca_file !== undefined, {
    path: ['client_ca_file'],
    message: 'is needed when client certificates are verified',
  });

/** The form of Prometheus' exporter toolkit for `--web.config.file`; unknown keys are errors. */
export const webConfigSchema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  basic_auth_users: z.record(z.string().min(1), bcryptHash).default({}),
  http_server_config: z.strictObject({ headers: z.record(z.string(), z.string()).default({}) }).optional(),
});
export type WebConfig = z.output<typeof webConfigSchema>;

/**
 * Reads a web config file with the given YAML parser; paths in it are relative to it. Throws an Error that names the file and every wrong field,
 * and never repeats a value of it.
 */
export function readWebConfig(file: string, parseYaml: (text: string) => unknown): WebConfig {
  const read = (): unknown => parseYaml(readFileSync(file, 'utf8')) ?? {};
  const checked = webConfigSchema.safeParse(readOrThrow(file, read));
  if (!checked.success) {
    const faults = checked.error.issues.map(issue => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw new Error(`${file}: ${faults.join('; ')}`);
  }
  const tls = checked.data.tls_server_config;
  if (tls === undefined) return checked.data;
  const at = (path: string): string => resolve(dirname(file), path);
  const paths = { cert_file: at(tls.cert_file), key_file: at(tls.key_file) };
  const ca = tls.client_ca_file === undefined ? {} : { client_ca_file: at(tls.client_ca_file) };
  return { ...checked.data, tls_server_config: { ...tls, ...paths, ...ca } };
}

function readOrThrow(what: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'not readable';
    throw new Error(`${what}: cannot be read as YAML (${code})`);
  }
}

/** Node's TLS options for a checked config, undefined when it asks for plain HTTP. Throws when a file is missing. */
export function tlsOptions(config: WebConfig): ServerOptions | undefined {
  const tls = config.tls_server_config;
  if (tls === undefined) return undefined;
  const type = tls.client_auth_type;
  const ca = tls.client_ca_file === undefined ? {} : { ca: readFileSync(tls.client_ca_file) };
  return {
    cert: readFileSync(tls.cert_file),
    key: readFileSync(tls.key_file),
    minVersion: tls.min_version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2',
    requestCert: type !== 'NoClientCert',
    rejectUnauthorized: type === 'RequireAndVerifyClientCert',
    ...ca,
  };
}

/** How a client's certificate stands after the handshake. */
export interface ClientCertificate {
  readonly given: boolean;
  readonly authorized: boolean;
}

/** What Node's handshake cannot express: true when the config lets a client with this certificate in. */
export function admitsClient(config: WebConfig, client: ClientCertificate): boolean {
  const type = config.tls_server_config?.client_auth_type ?? 'NoClientCert';
  if (type === 'RequireAnyClientCert') return client.given;
  if (type === 'VerifyClientCertIfGiven') return !client.given || client.authorized;
  return true;
}

/** Answers whether an `Authorization` header names a user of the config with the right password. */
export type BasicAuth = (header: string | undefined) => Promise<boolean>;

function credentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Checks basic auth as the exporter toolkit does: an unknown user costs one bcrypt comparison too, so names cannot be
 * told apart by time, and right answers are kept (by digest) so that each scrape does not pay for bcrypt.
 */
export function createBasicAuth(users: Readonly<Record<string, string>>): BasicAuth | undefined {
  const hashes = new Map(Object.entries(users));
  if (hashes.size === 0) return undefined;
  const unknown = hashSync('no such user', 10);
  const known = new Map<string, Buffer>();
  return async header => {
    const given = credentials(header);
    if (given === undefined) return false;
    const hash = hashes.get(given.user);
    const digest = createHash('sha256')
      .update(`${hash ?? ''}\0${given.user}\0${given.password}`)
      .digest();
    const seen = known.get(given.user);
    if (seen !== undefined && timingSafeEqual(seen, digest)) return true;
    const right = (await compare(given.password, hash ?? unknown)) && hash !== undefined;
    if (right) known.set(given.user, digest);
    return right;
  };
}
