import { readFileSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { formatMistake } from '../config/mistake.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import { detectors } from '../detectors/index.ts';
import { InputError } from './exit.ts';

/** A config that can run, with its packs. */
export interface Loaded {
  readonly config: Config;
  readonly packs: readonly ResolvedPack[];
}

/** What the config loader may read: files and the environment. */
export const loadContext = {
  env: process.env,
  readFile: (path: string): string => readFileSync(path, 'utf8'),
  detectors: detectors.map(({ name }) => name),
};

/** Reads a config or throws an InputError with every mistake, one a line, each with file, line and column. */
export function loadOrExplain(file: string, context = loadContext): Loaded {
  const result = loadConfig(file, context);
  if (result.ok) return { config: result.config, packs: result.packs };
  const count = result.mistakes.length;
  throw new InputError(
    `${count} mistake${count === 1 ? '' : 's'} in the config\n${result.mistakes.map(formatMistake).join('\n')}`,
  );
}
