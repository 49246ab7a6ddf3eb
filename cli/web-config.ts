import { readFileSync } from 'node:fs';
import type { Mistake } from '../config/mistake.ts';
import { YamlSource } from '../config/yaml-source.ts';
import { tlsOptions } from '../server/server-tls.ts';
import { type WebConfig, webConfigSchema, withPaths } from '../server/web-config.ts';

/** A web config that can be served, or all that is wrong with it. */
export type WebConfigResult =
  | { readonly ok: true; readonly webConfig: WebConfig }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads a web config file and the certificates that it names; never throws for bad input, and repeats no hash. */
export function loadWebConfig(file: string): WebConfigResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const message = 'the file cannot be read';
    return { ok: false, mistakes: [{ file, line: 1, column: 1, path: '', message }] };
  }
  const source = new YamlSource(file, text);
  const syntax = source.syntax();
  if (!syntax.readable) return { ok: false, mistakes: syntax.mistakes };
  const parsed = webConfigSchema.safeParse(source.value());
  const wrong = parsed.success ? [] : source.schemaMistakes(parsed.error, webConfigSchema);
  if (!parsed.success || syntax.mistakes.length > 0)
    return { ok: false, mistakes: [...syntax.mistakes, ...wrong] };
  const webConfig = withPaths(parsed.data, file);
  try {
    tlsOptions(webConfig);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, mistakes: [source.mistake(['tls_server_config'], message)] };
  }
  return { ok: true, webConfig };
}
