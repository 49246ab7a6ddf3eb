import { dirname, resolve } from 'node:path';
import { addMatchers } from '../promql/matchers.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { builtinPacks, loadPack } from './pack.ts';
import { type ResolvedPack, resolvePack } from './resolve.ts';
import { type Config, configSchema, type PackRef } from './schema.ts';
import { resolveSecretFiles } from './secrets.ts';
import { YamlSource } from './yaml-source.ts';

/** What the loader reads from outside; `readFile` throws when it cannot. */
export interface LoadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
}

/** A config that can run, secrets read and packs filled in, or every mistake at once. */
export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly packs: readonly ResolvedPack[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads the config file and every pack it names; never throws for bad input. */
export function loadConfig(file: string, context: LoadContext): LoadResult {
  let text: string;
  try {
    text = context.readFile(file);
  } catch (error) {
    const message = `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, mistakes: [{ file, line: 1, column: 1, path: '', message }] };
  }
  const source = new YamlSource(file, text);
  const syntax = source.syntaxMistakes();
  if (syntax.length > 0) return { ok: false, mistakes: syntax };
  const unset = source.expand(context.env);
  const parsed = configSchema.safeParse(source.value());
  if (!parsed.success) return { ok: false, mistakes: [...unset, ...source.schemaMistakes(parsed.error)] };
  const config = parsed.data;
  const { mistakes: wrong, packs } = loadPacks(config, source, { ...context, file });
  const secrets = resolveSecretFiles(config, { file, readFile: context.readFile, source });
  const mistakes = [...unset, ...references(config, source), ...secrets, ...wrong];
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, config, packs };
}

function references(config: Config, source: YamlSource): Mistake[] {
  const names = config.time_intervals.map(({ name }) => name);
  const maintenance = config.maintenance.flatMap((name, i) =>
    names.includes(name)
      ? []
      : [source.mistake(['maintenance', i], `no such time interval${nearest(name, names)} (got "${name}")`)],
  );
  const named = [
    ['receivers', config.receivers],
    ['prometheus', config.prometheus],
    ['time_intervals', config.time_intervals],
  ] as const;
  const repeated = named.flatMap(([block, items]) =>
    items.flatMap(({ name }, i) =>
      items.findIndex(item => item.name === name) < i
        ? [source.mistake([block, i, 'name'], `the name is taken (got "${name}")`)]
        : [],
    ),
  );
  return [...maintenance, ...repeated];
}

function loadPacks(config: Config, source: YamlSource, context: LoadContext & { file: string }) {
  const mistakes: Mistake[] = [];
  const packs: ResolvedPack[] = [];
  config.packs.forEach((ref, i) => {
    const loaded = loadRef(ref, ['packs', i], { ...context, config, source });
    if ('mistakes' in loaded) mistakes.push(...loaded.mistakes);
    else if (packs.some(({ pack }) => pack === loaded.pack))
      mistakes.push(source.mistake(['packs', i], `the pack is listed twice (got "${loaded.pack}")`));
    else packs.push(loaded);
  });
  return { mistakes, packs };
}

interface RefContext extends LoadContext {
  readonly file: string;
  readonly config: Config;
  readonly source: YamlSource;
}

function loadRef(
  ref: PackRef,
  path: readonly PropertyKey[],
  context: RefContext,
): ResolvedPack | { readonly mistakes: readonly Mistake[] } {
  const { source, config } = context;
  const known = builtinPacks();
  const name = ref.pack ?? '';
  const file = ref.file === undefined ? known.get(name) : resolve(dirname(context.file), ref.file);
  if (file === undefined) {
    const message = `unknown pack${nearest(name, [...known.keys()])}; known: ${[...known.keys()].join(', ')} (got "${name}")`;
    return { mistakes: [source.mistake([...path, 'pack'], message)] };
  }
  let text: string;
  try {
    text = context.readFile(file);
  } catch {
    return {
      mistakes: [source.mistake([...path, 'file'], `the file cannot be read (got "${ref.file ?? file}")`)],
    };
  }
  const result = loadPack(file, text);
  if (!result.ok) return result;
  const unknown = Object.keys(ref.params).filter(param => !(param in result.pack.params));
  if (unknown.length > 0)
    return {
      mistakes: unknown.map(param =>
        source.mistake(
          [...path, 'params', param],
          `no such parameter; known: ${Object.keys(result.pack.params).join(', ')}`,
        ),
      ),
    };
  const scrape = config.prometheus.map(item => item.scrape_interval ?? config.global.scrape_interval);
  try {
    addMatchers('up', ref.match);
  } catch (error) {
    return {
      mistakes: [
        source.mistake(
          [...path, 'match'],
          `${error instanceof Error ? error.message : String(error)} (got "${ref.match}")`,
        ),
      ],
    };
  }
  try {
    return resolvePack(result.pack, {
      ...ref,
      step: config.global.step,
      scrapeInterval: Math.max(...scrape),
    });
  } catch (error) {
    return {
      mistakes: [source.mistake([...path, 'params'], error instanceof Error ? error.message : String(error))],
    };
  }
}
