import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { ObjectiveSpec } from '../core/objective.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { loadObjectives } from './openslo.ts';
import { at, nameOf, type Outline, outlineOf } from './outline.ts';
import { loadPacks } from './pack-refs.ts';
import type { ResolvedPack } from './resolve.ts';
import { type Config, configSchema } from './schema.ts';
import { resolveSecretFiles } from './secrets.ts';
import { YamlSource } from './yaml-source.ts';

/** A detector or a collector as a config may name it. */
export interface NamedOptions {
  readonly name: string;
  readonly options: z.ZodType;
}

/** What the loader reads from outside; `readFile` throws when it cannot. */
export interface LoadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  /** The detectors that there are, with their options; unchecked where it is left out. */
  readonly detectors?: readonly NamedOptions[];
  /** The collectors of logs that there are, with their options; unchecked where it is left out. */
  readonly logCollectors?: readonly NamedOptions[];
  /** The collectors of others' alerts that there are, with their options; unchecked where it is left out. */
  readonly alertCollectors?: readonly NamedOptions[];
  /** The collectors of threat feeds that there are, with their options; unchecked where it is left out. */
  readonly feedCollectors?: readonly NamedOptions[];
  /** The sinks of events that there are, with their options; unchecked where it is left out. */
  readonly eventSinks?: readonly NamedOptions[];
}

/** A config that can run, secrets read and packs filled in, or every mistake at once. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly packs: readonly ResolvedPack[];
      readonly objectives: readonly ObjectiveSpec[];
    }
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
  const syntax = source.syntax();
  if (!syntax.readable) return { ok: false, mistakes: syntax.mistakes };
  const unset = source.expand(context.env);
  const value = source.value();
  const parsed = configSchema.safeParse(value);
  const wrong = parsed.success ? [] : source.schemaMistakes(parsed.error, configSchema);
  const outline = outlineOf(value, parsed.data);
  const { mistakes: inPacks, packs } = loadPacks(outline, source, { ...context, file });
  const { mistakes: inObjectives, objectives } = loadObjectives(outline, source, { ...context, file });
  const secrets = resolveSecretFiles(parsed.data ?? value, { file, readFile: context.readFile, source });
  const found = [...wrong, ...references(outline, source, context), ...secrets, ...inPacks, ...inObjectives];
  // A value that has a hole is wrong for that reason only.
  const beside = found.filter(each => !unset.some(hole => samePlace(hole, each)));
  const mistakes = inOrder([...syntax.mistakes, ...unset, ...beside], file);
  if (!parsed.success || mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, config: withTopologyFiles(parsed.data, file), packs, objectives };
}

/** Paths of topology files are relative to the config. */
function withTopologyFiles(config: Config, file: string): Config {
  const files = config.topology.files.map(path => resolve(dirname(file), path));
  return { ...config, topology: { ...config.topology, files } };
}

function samePlace(a: Mistake, b: Mistake): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}

/** As they stand in the config, then as they stand in the packs. */
function inOrder(mistakes: readonly Mistake[], file: string): Mistake[] {
  const own = mistakes.filter(each => each.file === file);
  const others = mistakes.filter(each => each.file !== file);
  return [...own.sort((a, b) => a.line - b.line || a.column - b.column), ...others];
}

function references(outline: Outline, source: YamlSource, context: LoadContext): Mistake[] {
  return [
    ...maintenanceMistakes(outline, source),
    ...sourceMistakes(outline, source),
    ...kindMistakes('logs', { outline, source, known: context.logCollectors }),
    ...kindMistakes('alerts', { outline, source, known: context.alertCollectors }),
    ...kindMistakes('threat_feeds', { outline, source, known: context.feedCollectors }),
    ...kindMistakes('events', { outline, source, known: context.eventSinks }),
    ...detectorMistakes(outline, source, context),
    ...nameMistakes(outline, source),
  ];
}

function maintenanceMistakes({ blocks, maintenance }: Outline, source: YamlSource): Mistake[] {
  const names = blocks.time_intervals.map(nameOf).filter(name => name !== undefined);
  return maintenance.flatMap((name, i) =>
    typeof name !== 'string' || names.includes(name)
      ? []
      : [source.mistake(['maintenance', i], `no such time interval${nearest(name, names)} (got "${name}")`)],
  );
}

/** Something is read: metrics, logs or both. */
function sourceMistakes({ isMap, blocks }: Outline, source: YamlSource): Mistake[] {
  const none = isMap && blocks.prometheus.length === 0 && blocks.logs.length === 0;
  return none ? [source.mistake(['prometheus'], 'is required, where no logs are read')] : [];
}

/** Options of the collectors and sinks that the items of a block name. */
function kindMistakes(
  block: 'logs' | 'alerts' | 'threat_feeds' | 'events',
  how: {
    readonly outline: Outline;
    readonly source: YamlSource;
    readonly known: readonly NamedOptions[] | undefined;
  },
): Mistake[] {
  const { outline, source, known = [] } = how;
  return outline.blocks[block].flatMap((item, i) =>
    known.flatMap(({ name, options }) => {
      const given = at(item, name);
      return given === undefined ? [] : optionMistakes(options, given, { source, place: [block, i, name] });
    }),
  );
}

function detectorMistakes({ detectors }: Outline, source: YamlSource, context: LoadContext): Mistake[] {
  const { detectors: all } = context;
  if (all === undefined) return [];
  const known = all.map(({ name }) => name);
  const unknown = (name: string) => `no such detector${nearest(name, known)}; known: ${known.join(', ')}`;
  const place = ['detection', 'detectors'];
  return detectors.flatMap(({ name, options }, i) => {
    if (typeof name !== 'string') return [];
    const component = all.find(each => each.name === name);
    if (component !== undefined)
      return options === undefined
        ? []
        : optionMistakes(component.options, options, { source, place: [...place, name] });
    const said = `${unknown(name)} (got "${name}")`;
    return [
      options === undefined ? source.mistake([...place, i], said) : source.keyMistake([...place, name], said),
    ];
  });
}

/** What is wrong with the options that stand at a place of the config; `false` turns off. */
function optionMistakes(
  schema: z.ZodType,
  options: unknown,
  { source, place }: { readonly source: YamlSource; readonly place: readonly PropertyKey[] },
): Mistake[] {
  if (options === false || typeof options !== 'object') return [];
  const { error } = schema.safeParse(options);
  return error === undefined ? [] : source.schemaMistakes(error, schema, place);
}

/** A name stands once in its block, `alertmanager:` is a receiver of that name, and no source of logs has one of metrics. */
function nameMistakes({ blocks, implied }: Outline, source: YamlSource): Mistake[] {
  const asked = blocks.prometheus.map(item => nameOf(item) ?? 'prometheus');
  const takenOf: Readonly<Record<string, readonly string[]>> = {
    receivers: implied,
    logs: [...asked, 'threat_feeds'],
    prometheus: ['threat_feeds'],
  };
  return Object.entries(blocks).flatMap(([block, items]) => {
    const names = items.map(item => nameOf(item) ?? (block === 'prometheus' ? 'prometheus' : undefined));
    const taken = takenOf[block] ?? [];
    return names.flatMap((name, i) =>
      name !== undefined && (names.indexOf(name) < i || taken.includes(name))
        ? [source.mistake([block, i, 'name'], `the name is taken (got "${name}")`)]
        : [],
    );
  });
}
