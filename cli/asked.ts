import { Option } from 'commander';
import { InputError } from './exit.ts';
import type { Asked } from './feedback-client.ts';
import { readText } from './files.ts';

/** Flags of the commands that talk to a running daemon. */
export interface AskedFlags {
  readonly user?: string;
  readonly passwordFile?: string;
  readonly url?: string;
}

/** `--url`: a daemon that is asked as it is, whose store need not be on this machine. */
export function daemonUrlOption(): Option {
  const about = 'ask the foreshock at this URL, whatever its store, instead of the one of the config';
  return new Option('--url <url>', about);
}

/** Whom the flags name, and as whom they log in. Throws an InputError for what does not fit together. */
export function askedOf({ user, passwordFile, url }: AskedFlags): Asked {
  if ((user === undefined) !== (passwordFile === undefined))
    throw new InputError('--user and --password-file come together');
  if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new InputError(`--url ${url}: not a URL; write it like http://foreshock.example:9477`);
  if (user === undefined || passwordFile === undefined) return { url };
  return { url, login: { user, password: readText(passwordFile).trim() } };
}
