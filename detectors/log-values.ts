import { mask } from './log-parts.ts';

const letter = /\p{L}/u;
const nameLike = /[\p{L}\d][._/\\@$][\p{L}\d]/u;
/** `SOME_STATE`: a choice of the programmer. */
const enumLike = /^\P{L}*[A-Z]+(_[A-Z]+)+\P{L}*$/u;
const letters = /\p{L}{2}/u;

/** Whether a word reads like a name, a place or a value and not like a word of a sentence. */
export function looksVariable(word: string): boolean {
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
  if (first[head - 1] === '<' && first[head] === '*') head--;
  if (head + tail > shortest) tail = Math.max(0, shortest - head);
  return `${first.slice(0, head)}${mask}${first.slice(first.length - tail)}`;
}

/** How many plain words may stand in one place before they are taken as values, by the words of context around. */
function mostChoices(context: number): number {
  if (context >= 3) return 4;
  return context === 2 ? 8 : 16;
}

/** Whether words that were seen in one place, all else being equal, are values of a variable. */
export function areValues(words: readonly string[], place: number, context: number): boolean {
  if (words.length < 2 || context < 1) return false;
  const plain = words.filter(word => !looksVariable(word)).length;
  if (words.length > mostChoices(place === 0 ? context - 1 : context)) return true;
  if (place === 0 || context < 2) return false;
  return plain === 0 || (context >= 3 && words.includes(joinWords(words)));
}

/** How many words beside one place have letters that do not vary. */
export function contextOf(words: readonly string[], place: number): number {
  let context = 0;
  for (let i = 0; i < words.length; i++)
    if (i !== place && letters.test(words[i]!.replaceAll(mask, ''))) context++;
  return context;
}
