import { mask } from './log-mask.ts';

/** What a consolidation sees of a template: its words. */
export interface WordsOf {
  readonly words: readonly string[];
}

/** Templates that turn out to be one: `members` are indices, the first one stays; `words` is what they have in common. */
export interface Merge {
  readonly members: readonly number[];
  readonly words: readonly string[];
}

const letter = /\p{L}/u;
const nameLike = /[\p{L}\d][._/\\@$][\p{L}\d]/u;
/** `SOME_STATE`: a choice of the programmer. */
const enumLike = /^\P{L}*[A-Z]+(_[A-Z]+)+\P{L}*$/u;
const letters = /\p{L}{2}/u;

/** Whether a word reads like a name, a place or a value and not like a word of a sentence. */
function looksVariable(word: string): boolean {
  if (!letter.test(word.replaceAll(mask, ''))) return word.includes(mask);
  return nameLike.test(word) && !enumLike.test(word);
}

/** Where a differing word stands alone between its brackets and signs: what is left and right in common. */
export function joinWords(words: readonly string[]): string {
  const first = words[0]!;
  let head = first.length;
  let tail = first.length;
  for (const word of words) {
    let k = 0;
    while (k < head && word[k] === first[k]) k++;
    head = k;
    k = 0;
    while (k < tail && k < word.length && word[word.length - 1 - k] === first[first.length - 1 - k]) k++;
    tail = k;
  }
  while (head > 0 && !/[=:([{<,;|"']/.test(first[head - 1]!)) head--;
  while (tail > 0 && !/[)\]}>,;|"':]/.test(first[first.length - tail]!)) tail--;
  const shortest = words.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  while (tail > 0 && first.slice(first.length - tail).startsWith('>')) tail--;
  if (head + tail > shortest) tail = Math.max(0, shortest - head);
  return `${first.slice(0, head)}${mask}${first.slice(first.length - tail)}`;
}

/** How many plain words may stand in one place before they are taken as values, by the words of context around. */
function mostChoices(context: number): number {
  if (context >= 5) return 3;
  if (context >= 3) return 3;
  return context === 2 ? 7 : 15;
}

function isValue(words: readonly string[], place: number, context: number): boolean {
  if (words.length < 2 || context < 1) return false;
  const plain = words.filter(word => !looksVariable(word)).length;
  if (words.length > mostChoices(place === 0 ? context - 1 : context)) return true;
  if (place === 0 || context < 2) return false;
  return plain === 0 || (context >= 3 && words.includes(joinWords(words)));
}

interface Candidate extends Merge {
  readonly distinct: number;
}

/** Lists of values count as one value: `a, b, c`, and what repeats itself with a value in it: `a ok b ok c ok`. */
export function shorten(words: readonly string[]): string[] {
  const listed = words.join(' ').replace(list, mask).split(' ');
  const out: string[] = [];
  for (const word of listed) {
    out.push(word);
    for (let period = 1; period <= longestPeriod; period++) if (repeats(out, period)) out.length -= period;
  }
  return out;
}

const list = /<\*>(?:[,;|] ?<\*>)+/g;
const longestPeriod = 4;

function repeats(words: readonly string[], period: number): boolean {
  const from = words.length - 2 * period;
  if (from < 0) return false;
  let values = 0;
  for (let k = from; k < from + period; k++) {
    if (words[k] !== words[k + period]) return false;
    if (words[k]!.includes(mask)) values++;
  }
  return values > 0;
}

function contextOf(words: readonly string[], place: number): number {
  let context = 0;
  for (let i = 0; i < words.length; i++)
    if (i !== place && letters.test(words[i]!.replaceAll(mask, ''))) context++;
  return context;
}

function candidatesAt(group: readonly number[], templates: readonly WordsOf[], place: number): Candidate[] {
  const buckets = new Map<string, number[]>();
  for (const index of group) {
    const { words } = templates[index]!;
    const key = words.map((word, i) => (i === place ? '' : word)).join(' ');
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [index]);
    else bucket.push(index);
  }
  const found: Candidate[] = [];
  for (const members of buckets.values()) {
    if (members.length < 2) continue;
    const { words } = templates[members[0]!]!;
    const choices = members.map(index => templates[index]!.words[place]!);
    const context = contextOf(words, place);
    const take = isValue(choices, place, context)
      ? members
      : members.filter(index => looksVariable(templates[index]!.words[place]!));
    const taken = take.map(index => templates[index]!.words[place]!);
    if (take.length < 2 || !isValue(taken, place, context)) continue;
    const joined = joinWords(taken);
    found.push({
      members: take,
      words: words.map((w, i) => (i === place ? joined : w)),
      distinct: take.length,
    });
  }
  return found;
}

/**
 * Which templates are one: those that differ in one place only, where the words are values: by their looks, or because
 * there are too many of them to be a choice of the programmer. One round; call again until nothing is found.
 */
export function consolidate(templates: readonly WordsOf[]): Merge[] {
  const byLength = new Map<number, number[]>();
  templates.forEach(({ words }, index) => {
    const group = byLength.get(words.length);
    if (group === undefined) byLength.set(words.length, [index]);
    else group.push(index);
  });
  const merges: Merge[] = [];
  for (const [length, group] of byLength) {
    if (length < 2 || group.length < 2) continue;
    const found: Candidate[] = [];
    for (let place = 0; place < Math.min(length, 64); place++)
      found.push(...candidatesAt(group, templates, place));
    found.sort((a, b) => b.distinct - a.distinct || a.members[0]! - b.members[0]!);
    const gone = new Set<number>();
    for (const merge of found) {
      if (merge.members.some(index => gone.has(index))) continue;
      for (const index of merge.members) gone.add(index);
      merges.push(merge);
    }
  }
  return merges;
}
