import { dirname, resolve } from 'node:path';
import type { Mistake } from './mistake.ts';
import type { YamlSource } from './yaml-source.ts';

/** Where secret files are read from. */
export interface SecretFiles {
  readonly file: string;
  readonly readFile: (path: string) => string;
  readonly source: YamlSource;
}

/** Puts the content of `password_file` and `credentials_file` where the secret belongs; changes `config` in place. */
export function readSecrets(
  config: unknown,
  files: SecretFiles,
  path: readonly PropertyKey[] = [],
): Mistake[] {
  if (typeof config !== 'object' || config === null) return [];
  const mistakes = Object.entries(config).flatMap(([key, value]) =>
    readSecrets(value, files, [...path, Array.isArray(config) ? Number(key) : key]),
  );
  for (const name of ['password', 'credentials']) {
    const from: unknown = Reflect.get(config, `${name}_file`);
    if (typeof from !== 'string') continue;
    const at = [...path, `${name}_file`];
    if (Reflect.get(config, name) !== undefined)
      mistakes.push(files.source.mistake(at, `give either ${name} or ${name}_file, not both`));
    else
      try {
        Reflect.set(config, name, files.readFile(resolve(dirname(files.file), from)).trim());
      } catch {
        mistakes.push(files.source.mistake(at, `the file cannot be read (got "${from}")`));
      }
  }
  return mistakes;
}
