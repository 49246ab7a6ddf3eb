import { dirname, resolve } from 'node:path';
import type { Pack } from '../core/pack.ts';
import { addMatchers } from '../promql/matchers.ts';
import { findError } from '../promql/parse.ts';
import type { LoadContext } from './load.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { nameOf, type Outline } from './outline.ts';
import { builtinPacks, loadPack } from './pack.ts';
import { type ResolvedPack, resolvePack } from './resolve.ts';
import { type PackRef, packRef } from './schema.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** The loaded packs, or what is wrong with each. */
export interface LoadedPacks {
  readonly packs: readonly ResolvedPack[];
  readonly mistakes: readonly Mistake[];
}

interface RefContext extends LoadContext {
  readonly file: string;
}

type Outcome<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

/** Loads what `packs:` names. An item that the schema refuses is left to it. */
export function loadPacks(outline: Outline, source: YamlSource, context: RefContext): LoadedPacks {
  const mistakes: Mistake[] = [];
  const packs: ResolvedPack[] = [];
  outline.packs.forEach((item, i) => {
    const parsed = packRef.safeParse(item);
    if (!parsed.success) return;
    const loaded = loadRef(parsed.data, { path: ['packs', i], source, outline, context });
    if ('mistakes' in loaded) mistakes.push(...loaded.mistakes);
    else if (packs.some(other => isRepeated(other, loaded.value)))
      mistakes.push(source.mistake(['packs', i], twice(parsed.data, loaded.value.pack)));
    else packs.push(loaded.value);
  });
  return { packs, mistakes };
}

/** Names of classes begin with the name of their pack, so two packs of one name would watch the same twice. */
function twice(ref: PackRef, name: string): string {
  return ref.file === undefined
    ? `the pack is listed twice (got "${name}")`
    : `a pack of the name "${name}" is listed before: give the one in ${ref.file} another name`;
}

/** A pack may be listed again only for other sources. */
function isRepeated(a: ResolvedPack, b: ResolvedPack): boolean {
  return a.pack === b.pack && a.sources.some(source => b.sources.includes(source));
}

interface RefPlace {
  readonly path: Path;
  readonly source: YamlSource;
  readonly outline: Outline;
  readonly context: RefContext;
}

function loadRef(ref: PackRef, place: RefPlace): Outcome<ResolvedPack> {
  const { source, path, outline } = place;
  const loaded = readPack(ref, place);
  const known = 'mistakes' in loaded ? sourceNames(outline) : sourcesOf(loaded.value, outline);
  const sources = ref.source === undefined ? known : known.filter(name => name === ref.source);
  const wrong = [...sourceMistakes(ref, known, place), ...matchMistakes(ref, place)];
  if ('mistakes' in loaded) return { mistakes: [...wrong, ...loaded.mistakes] };
  const pack = loaded.value;
  const mistakes = [...wrong, ...paramMistakes(ref, pack, place), ...readMistakes(ref, pack, place)];
  if (mistakes.length > 0) return { mistakes };
  try {
    const { step, scrapeInterval } = outline;
    const ownInterval = ref.scrape_interval;
    return { value: resolvePack(pack, { ...ref, sources, step, scrapeInterval, ownInterval }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { mistakes: [source.mistake([...path, 'params'], message)] };
  }
}

function readPack(ref: PackRef, { path, source, context }: RefPlace): Outcome<Pack> {
  const known = builtinPacks();
  const name = ref.pack ?? '';
  const file =
    ref.file === undefined ? known.get(name.replaceAll('-', '_')) : resolve(dirname(context.file), ref.file);
  if (file === undefined) {
    const names = [...known.keys()];
    const message = `unknown pack${nearest(name, names)}; known: ${names.join(', ')} (got "${name}")`;
    return { mistakes: [source.mistake([...path, 'pack'], message)] };
  }
  let text: string;
  try {
    text = context.readFile(file);
  } catch {
    const message = `the file cannot be read (got "${ref.file ?? file}")`;
    return { mistakes: [source.mistake([...path, 'file'], message)] };
  }
  const result = loadPack(file, text);
  return result.ok ? { value: result.pack } : { mistakes: result.mistakes };
}

function sourceNames({ blocks }: Outline): readonly string[] {
  return blocks.prometheus.map(item => nameOf(item) ?? 'prometheus');
}

/** Whom a pack may be asked from. */
function sourcesOf({ reads }: Pack, outline: Outline): readonly string[] {
  if (reads === 'metrics') return sourceNames(outline);
  if (reads === 'threat_feeds') return outline.blocks.threat_feeds.length > 0 ? ['threat_feeds'] : [];
  return outline.blocks.logs.map(nameOf).filter(name => name !== undefined);
}

/** A pack that nothing can be asked for is not watched in silence; what foreshock counts itself is there at every step. */
function readMistakes(ref: PackRef, pack: Pack, { path, source, outline }: RefPlace): Mistake[] {
  const mistakes: Mistake[] = [];
  const block = pack.reads === 'metrics' ? 'prometheus' : pack.reads;
  if (sourcesOf(pack, outline).length === 0)
    mistakes.push(
      source.mistake(path, `the pack ${pack.pack} reads ${pack.reads}, and there is no \`${block}:\``),
    );
  if (ref.scrape_interval !== undefined && pack.reads !== 'metrics') {
    const words = `the pack ${pack.pack} reads ${pack.reads}, which are counted at every step: leave it out`;
    mistakes.push(source.keyMistake([...path, 'scrape_interval'], words));
  }
  return mistakes;
}

function sourceMistakes(
  { source: name }: PackRef,
  known: readonly string[],
  { path, source }: RefPlace,
): Mistake[] {
  if (name === undefined || known.includes(name)) return [];
  const words = `no such source${nearest(name, known)}; known: ${known.join(', ')} (got "${name}")`;
  return [source.mistake([...path, 'source'], words)];
}

function matchMistakes({ match }: PackRef, { path, source }: RefPlace): Mistake[] {
  if (match.trim() === '') return [];
  const before = 'up{';
  const error = findError(`${before}${match}}`);
  const escapes =
    error === undefined && /[{}]/.test(match.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''));
  if (error === undefined && !escapes) {
    addMatchers('up', match);
    return [];
  }
  const offset = Math.min(Math.max(0, (error?.offset ?? before.length) - before.length), match.length);
  const words = `must be matchers such as env="prod",team=~"a|b"${error === undefined ? '' : `: ${error.message}`}`;
  return [source.mistake([...path, 'match'], `${words} (got ${JSON.stringify(match)})`, offset)];
}

function paramMistakes(ref: PackRef, pack: Pack, { path, source }: RefPlace): Mistake[] {
  const known = Object.keys(pack.params);
  return Object.keys(ref.params)
    .filter(param => !known.includes(param))
    .map(param =>
      source.keyMistake(
        [...path, 'params', param],
        known.length === 0
          ? `the pack ${pack.pack} has no parameters`
          : `no such parameter${nearest(param, known)}; known: ${known.join(', ')}`,
      ),
    );
}
