import { createHash } from 'node:crypto';
import { compare, hashSync } from 'bcryptjs';

/** Answers whether an `Authorization` header names a user of the config with the right password. */
export type BasicAuth = (header: string | undefined) => Promise<boolean>;

function credentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The user whom an `Authorization` header names, whether the password is right or not. */
export function userOf(header: string | undefined): string | undefined {
  return credentials(header)?.user;
}

/** So many answers are kept, right and wrong ones, the oldest go first. */
const mostKept = 100;

/**
 * Checks basic auth as the exporter toolkit does: an unknown user costs one bcrypt comparison too, so names cannot be
 * told apart by time; answers are kept (by digest) so that each scrape does not pay for bcrypt; and one comparison runs
 * at a time, so that a flood of wrong passwords cannot take the processor from the passes.
 */
export function createBasicAuth(users: Readonly<Record<string, string>>): BasicAuth | undefined {
  const hashes = new Map(Object.entries(users));
  if (hashes.size === 0) return undefined;
  const unknown = hashSync('no such user', 10);
  const answers = new Map<string, boolean>();
  let last: Promise<unknown> = Promise.resolve();
  const check = async (password: string, hash: string | undefined) =>
    (await compare(password, hash ?? unknown)) && hash !== undefined;
  return async header => {
    const given = credentials(header);
    if (given === undefined) return false;
    const hash = hashes.get(given.user);
    const digest = createHash('sha256')
      .update(`${hash ?? ''}\0${given.user}\0${given.password}`)
      .digest('hex');
    const kept = answers.get(digest);
    if (kept !== undefined) return kept;
    const answer = last.then(() => answers.get(digest) ?? check(given.password, hash));
    last = answer.catch(() => undefined);
    const right = await answer;
    answers.set(digest, right);
    for (const oldest of answers.keys()) {
      if (answers.size <= mostKept) break;
      answers.delete(oldest);
    }
    return right;
  };
}
