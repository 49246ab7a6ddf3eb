import { mask } from './log-parts.ts';

const list = /<\*>(?:[,;|] ?<\*>)+/g;
const longestPeriod = 4;

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
