import { mask } from './log-parts.ts';

/** What a pattern index holds: templates whose masks stand for any word. */
export interface Pattern {
  readonly index: number;
  readonly words: readonly string[];
}

/** `a=<*>)` matches `a=b)`; a mask alone matches all. */
function matchesWord(pattern: string, word: string): boolean {
  if (pattern === mask || pattern === word) return true;
  const at = pattern.indexOf(mask);
  if (at < 0 || word.length < pattern.length - mask.length) return false;
  return word.startsWith(pattern.slice(0, at)) && word.endsWith(pattern.slice(at + mask.length));
}

function matches(pattern: readonly string[], words: readonly string[]): boolean {
  for (let k = 0; k < words.length; k++) if (!matchesWord(pattern[k]!, words[k]!)) return false;
  return true;
}

function openness(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (word === mask ? 2 : word.includes(mask) ? 1 : 0), 0);
}

function keyOf(words: readonly string[], first: string): string {
  return `${words.length} ${first}`;
}

/** Patterns by their number of words and their first word; the closest one is found, of equal ones the oldest. */
export class PatternIndex<T extends Pattern> {
  readonly #byKey = new Map<string, T[]>();

  rebuild(patterns: Iterable<T>): void {
    this.#byKey.clear();
    const sorted = [...patterns].sort((a, b) => openness(a.words) - openness(b.words) || a.index - b.index);
    for (const pattern of sorted) {
      const first = pattern.words[0]!;
      const key = keyOf(pattern.words, first.includes(mask) ? mask : first);
      const bucket = this.#byKey.get(key);
      if (bucket === undefined) this.#byKey.set(key, [pattern]);
      else bucket.push(pattern);
    }
  }

  find(words: readonly string[]): T | undefined {
    const first = words[0]!;
    const named = this.#byKey.get(keyOf(words, first))?.find(pattern => matches(pattern.words, words));
    if (first === mask) return named;
    return named ?? this.#byKey.get(keyOf(words, mask))?.find(pattern => matches(pattern.words, words));
  }
}
