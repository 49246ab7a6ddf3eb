import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Pack, packSchema } from '../core/pack.ts';
import { substitute } from '../promql/params.ts';
import { childrenOf, findError, parseTree } from '../promql/parse.ts';
import type { Mistake } from './mistake.ts';
import { objectiveMistakes, objectiveQueries } from './pack-objectives.ts';
import { type PackOutline, packOutline } from './pack-outline.ts';
import { type Path, YamlSource } from './yaml-source.ts';

/** A pack that can be used, or all that is wrong with it. */
export type PackResult =
  | { readonly ok: true; readonly pack: Pack }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads a pack's text and checks its form, its queries and its references. */
export function loadPack(file: string, text: string): PackResult {
  const source = new YamlSource(file, text);
  const syntax = source.syntax();
  if (!syntax.readable) return { ok: false, mistakes: syntax.mistakes };
  const value = source.value();
  const parsed = packSchema.safeParse(value);
  const outline = parsed.data ?? packOutline.safeParse(value).data;
  const mistakes = [
    ...syntax.mistakes,
    ...(parsed.success ? [] : source.schemaMistakes(parsed.error, packSchema)),
    ...(parsed.success ? [...duplicates(source, parsed.data), ...references(source, parsed.data)] : []),
    ...(outline === undefined
      ? []
      : queriesOf(outline).flatMap(each => queryMistakes(source, outline, each))),
  ];
  if (!parsed.success || mistakes.length > 0)
    return { ok: false, mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
  return { ok: true, pack: parsed.data };
}

/** Name -> file of the packs that come with foreshock; the folder is looked for upwards from this module. */
export function builtinPacks(): ReadonlyMap<string, string> {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'packs', 'service.yaml')) && folder !== dirname(folder))
    folder = dirname(folder);
  const packs = join(folder, 'packs');
  if (!existsSync(packs)) return new Map();
  const files = readdirSync(packs).filter(name => name.endsWith('.yaml'));
  return new Map(files.sort().map(name => [name.slice(0, -5), join(packs, name)]));
}

interface Asked {
  readonly query: string;
  readonly path: Path;
  readonly labels: readonly string[];
}

function queriesOf(pack: PackOutline): Asked[] {
  const all = [
    ...pack.classes.flatMap(({ entity, signals }, c) =>
      signals.map(({ query }, s) => ({ query, path: ['classes', c, 'signals', s, 'query'], labels: entity })),
    ),
    ...pack.topology.map(({ via, from, to }, i) => ({
      query: via,
      path: ['topology', i, 'via'],
      labels: [from, to],
    })),
    ...pack.alerts.map(({ expr }, i) => ({ query: expr, path: ['alerts', i, 'expr'], labels: [] })),
    ...pack.capacity.flatMap(({ used, limit }, i) => [
      { query: used, path: ['capacity', i, 'used'], labels: [] },
      { query: limit, path: ['capacity', i, 'limit'], labels: [] },
    ]),
    ...objectiveQueries(pack),
  ];
  // What is empty is told by the schema.
  return all.filter(({ query }) => query !== '');
}

function queryMistakes(source: YamlSource, pack: PackOutline, { query, path, labels }: Asked): Mistake[] {
  const fill = (text: string) => substitute(text, pack.params, { rateInterval: '1m' });
  let filled: string;
  try {
    filled = fill(query);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [source.mistake(path, error.message)];
  }
  const error = findError(filled);
  if (error !== undefined)
    return [source.mistake(path, error.message, originalOffset(query, error.offset, fill))];
  const kept = groupingOf(filled);
  const lost = kept === undefined ? [] : labels.filter(label => !kept.includes(label));
  return lost.map(label =>
    source.mistake(path, `the result must carry the label ${label} (got by (${kept?.join(', ')}))`),
  );
}

/** The offset before placeholders were filled in; inside a filled-in value, where its placeholder begins. */
function originalOffset(query: string, offset: number, fill: (text: string) => string): number {
  let shift = 0;
  for (const match of query.matchAll(/\$\{[^}]*\}|\$[a-zA-Z_]\w*/g)) {
    const length = fill(match[0]).length;
    if (offset < match.index + shift) break;
    if (offset < match.index + shift + length) return match.index;
    shift += length - match[0].length;
  }
  return offset - shift;
}

/** Labels of a `by (...)` around the whole query; undefined when there is none. */
function groupingOf(query: string): string[] | undefined {
  let node = parseTree(query).topNode.firstChild;
  while (node?.name === 'ParenExpr') node = node.firstChild?.nextSibling ?? null;
  if (node?.name !== 'AggregateExpr') return undefined;
  const modifier = childrenOf(node).find(child => child.name === 'AggregateModifier');
  const text = modifier === undefined ? '' : query.slice(modifier.from, modifier.to);
  const operator = query.slice(node.from, node.to);
  if (/^(topk|bottomk|limitk|limit_ratio)\b/.test(operator)) return undefined;
  if (modifier === undefined) return [];
  const by = /^by\s*\(([^)]*)\)/i.exec(text)?.[1];
  return by?.split(',').map(label => label.trim());
}

function duplicates(source: YamlSource, pack: Pack): Mistake[] {
  const repeated = (names: readonly string[], at: Path, what: string) =>
    names.flatMap((name, i) =>
      names.indexOf(name) < i
        ? [source.mistake([...at, i, 'name'], `another ${what} has this name (got "${name}")`)]
        : [],
    );
  return [
    ...repeated(
      pack.classes.map(({ name }) => name),
      ['classes'],
      'class',
    ),
    ...pack.classes.flatMap(({ signals }, c) =>
      repeated(
        signals.map(({ name }) => name),
        ['classes', c, 'signals'],
        'signal',
      ),
    ),
  ];
}

function references(source: YamlSource, pack: Pack): Mistake[] {
  const all = pack.classes.flatMap(({ signals }) => signals.map(({ name }) => name));
  const capacity = pack.capacity.flatMap((item, i) => {
    const found = pack.classes.find(({ name }) => name === item.class);
    if (found === undefined)
      return [source.mistake(['capacity', i, 'class'], `no such class (got "${item.class}")`)];
    return item.regressors.flatMap((name, r) =>
      found.signals.some(signal => signal.name === name)
        ? []
        : [
            source.mistake(
              ['capacity', i, 'regressors', r],
              `no such signal in ${item.class} (got "${name}")`,
            ),
          ],
    );
  });
  const rows = (pack.dashboard?.rows ?? []).flatMap(({ signals }, r) =>
    signals.flatMap((name, s) =>
      all.includes(name)
        ? []
        : [source.mistake(['dashboard', 'rows', r, 'signals', s], `no such signal (got "${name}")`)],
    ),
  );
  const variants = pack.variants.flatMap(({ params }, v) =>
    Object.keys(params).flatMap(name =>
      name in pack.params
        ? []
        : [source.mistake(['variants', v, 'params', name], `no such parameter (got "${name}")`)],
    ),
  );
  const { objectives } = pack;
  const classes = pack.classes.map(({ name }) => name);
  return [...variants, ...capacity, ...rows, ...objectiveMistakes(source, { objectives, classes })];
}
