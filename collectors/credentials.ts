import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Agent } from 'undici';
import { SourceError } from '../core/series.ts';
import type { PrometheusOptions } from './prometheus-options.ts';

/** The Authorization header, or undefined. Files are read anew each time, so a rotated secret is taken up. */
export async function authorizationHeader(options: PrometheusOptions): Promise<string | undefined> {
  const { basic_auth: basic, authorization } = options;
  if (basic !== undefined) {
    const password = basic.password ?? (await secretFile(basic.password_file)) ?? '';
    return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
  }
  if (authorization === undefined) return undefined;
  const secret = authorization.credentials ?? (await secretFile(authorization.credentials_file)) ?? '';
  return `${authorization.type} ${secret}`;
}

/** What undici's connector takes for a `tls_config`. Reads its files; throws a SourceError when one cannot be read. */
export function tlsOptions(tls: PrometheusOptions['tls_config']): NonNullable<Agent.Options['connect']> {
  if (tls === undefined) return {};
  const read = (file: string) => {
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new SourceError(`tls_config: cannot read ${file}`, { retryable: false, cause });
    }
  };
  return {
    rejectUnauthorized: !tls.insecure_skip_verify,
    ...(tls.ca_file === undefined ? {} : { ca: read(tls.ca_file) }),
    ...(tls.cert_file === undefined ? {} : { cert: read(tls.cert_file) }),
    ...(tls.key_file === undefined ? {} : { key: read(tls.key_file) }),
    ...(tls.server_name === undefined ? {} : { servername: tls.server_name }),
  };
}

async function secretFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new SourceError(`cannot read the secret file ${file}`, { retryable: false, cause });
  }
}
