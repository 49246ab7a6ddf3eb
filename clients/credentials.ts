import { readFile } from 'node:fs/promises';
import type { HttpAccess } from '../core/http-access.ts';
import { SourceError } from '../core/series.ts';

/** The Authorization header, or undefined. Files are read anew each time, so a rotated secret is taken up. */
export async function authorizationHeader(
  access: Pick<HttpAccess, 'basic_auth' | 'authorization'>,
): Promise<string | undefined> {
  const { basic_auth: basic, authorization } = access;
  if (basic !== undefined) {
    const password = basic.password ?? (await secretFile(basic.password_file)) ?? '';
    return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
  }
  if (authorization === undefined) return undefined;
  const secret = authorization.credentials ?? (await secretFile(authorization.credentials_file)) ?? '';
  return `${authorization.type} ${secret}`;
}

/** The one line in a file, or undefined without one. Rejects with a retryable SourceError that names the file. */
export async function secretFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    // A mounted secret that is being replaced is away for a moment: asking again may help.
    throw new SourceError(`cannot read the secret file ${file}`, { retryable: true, cause });
  }
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw new SourceError(`the secret file ${file} holds more than one line or a control character`, {
    retryable: true,
  });
}
