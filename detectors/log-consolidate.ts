import { areValues, contextOf, joinWords, looksVariable } from './log-values.ts';

/** What a consolidation sees of a template: its words. */
export interface WordsOf {
  readonly words: readonly string[];
}

/** Templates that turn out to be one, and what they have in common. */
export interface Merge<T extends WordsOf> {
  readonly members: readonly T[];
  readonly words: readonly string[];
}

/** Places that are looked at, from the first word on. */
const mostPlaces = 64;

/** A hash of a word in its place. */
function hashAt(word: string, place: number): number {
  let h = Math.imul(place + 1, 0x9e3779b1);
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

/** Templates of one length, their words as hashes: a row a template. */
class Group<T extends WordsOf> {
  readonly #templates: readonly T[];
  readonly #length: number;
  readonly #hashes: Int32Array;
  readonly #sums: Int32Array;

  constructor(templates: readonly T[], length: number) {
    this.#templates = templates;
    this.#length = length;
    this.#hashes = new Int32Array(templates.length * length);
    this.#sums = new Int32Array(templates.length);
    templates.forEach(({ words }, row) => {
      for (let place = 0; place < length; place++) {
        const hash = hashAt(words[place]!, place);
        this.#hashes[row * length + place] = hash;
        this.#sums[row]! ^= hash;
      }
    });
  }

  /** Those that differ at most in one place, two or more of them. */
  alike(place: number): T[][] {
    const buckets = new Map<number, T[]>();
    this.#templates.forEach((template, row) => {
      const key = this.#sums[row]! ^ this.#hashes[row * this.#length + place]!;
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [template]);
      else if (equalBut(bucket[0]!.words, template.words, place)) bucket.push(template);
    });
    return [...buckets.values()].filter(({ length }) => length > 1);
  }
}

function equalBut(a: readonly string[], b: readonly string[], place: number): boolean {
  for (let k = 0; k < a.length; k++) if (k !== place && a[k] !== b[k]) return false;
  return true;
}

/** Which of the templates that differ in one place are one; undefined when there are no two. */
function mergeOf<T extends WordsOf>(alike: readonly T[], place: number): Merge<T> | undefined {
  const { words } = alike[0]!;
  const context = contextOf(words, place);
  const at = (templates: readonly T[]) => templates.map(template => template.words[place]!);
  const members = areValues(at(alike), place, context)
    ? alike
    : alike.filter(template => looksVariable(template.words[place]!));
  if (members.length < 2 || !areValues(at(members), place, context)) return undefined;
  return { members, words: words.with(place, joinWords(at(members))) };
}

/** Larger merges first; a template takes part in one. */
function withoutConflicts<T extends WordsOf>(merges: readonly Merge<T>[]): Merge<T>[] {
  const taken = new Set<T>();
  return [...merges]
    .sort((a, b) => b.members.length - a.members.length)
    .filter(({ members }) => {
      if (members.some(member => taken.has(member))) return false;
      for (const member of members) taken.add(member);
      return true;
    });
}

/**
 * Which templates are one: those that differ in one place only, where the words are values: by their looks, or because
 * there are too many of them to be a choice of the programmer. One round, over the templates whose number of words is
 * in `lengths`; call again, with the lengths of what was found, until nothing is.
 */
export function consolidate<T extends WordsOf>(
  templates: Iterable<T>,
  lengths: ReadonlySet<number>,
): Merge<T>[] {
  const byLength = new Map<number, T[]>();
  for (const template of templates) {
    const { length } = template.words;
    if (length < 2 || !lengths.has(length)) continue;
    const group = byLength.get(length);
    if (group === undefined) byLength.set(length, [template]);
    else group.push(template);
  }
  return [...byLength].flatMap(([length, all]) => {
    const group = new Group(all, length);
    const places = Array.from({ length: Math.min(length, mostPlaces) }, (_, place) => place);
    const merges = places.flatMap(place => group.alike(place).map(alike => mergeOf(alike, place)));
    return withoutConflicts(merges.filter(merge => merge !== undefined));
  });
}
