import { dirname, resolve } from 'node:path';
import type { Mistake } from './mistake.ts';
import type { YamlSource } from './yaml-source.ts';

/** Where secret files are read from. */
export interface SecretFiles {
  readonly file: string;
  readonly readFile: (path: string) => string;
  readonly source: YamlSource;
}

const fileKeys = new Set([
  'password_file',
  'auth_password_file',
  'credentials_file',
  'token_file',
  'ca_file',
  'cert_file',
  'key_file',
  'config_file',
]);

/**
 * Makes the paths of files with passwords, tokens and certificates relative to the config absolute, in place, and tells
 * which of them cannot be read. Their content is read where it is used, each time, so that it may be rotated.
 */
export function resolveSecretFiles(
  config: unknown,
  files: SecretFiles,
  path: readonly PropertyKey[] = [],
): Mistake[] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(config) ? Number(key) : key];
    if (!fileKeys.has(key) || typeof value !== 'string') return resolveSecretFiles(value, files, at);
    const full = resolve(dirname(files.file), value);
    Reflect.set(config, key, full);
    try {
      files.readFile(full);
      return [];
    } catch {
      return [files.source.mistake(at, `the file cannot be read (got "${value}")`)];
    }
  });
}
