import { encodeApart, fitEncoding, type WordRows } from './escalation-encoding.ts';

/** Two words that are looked at together, by their numbers. */
export type Cross = readonly [number, number];

/** So many of the most telling words are crossed with one another. */
const crossedWords = 5;

/** How much better than the share of all the share of each word tells the outcome: the log loss that it saves. */
function gainsOf(rows: WordRows): number[] {
  const { y, weight } = rows;
  const encoding = fitEncoding(rows);
  const loss = (p: number, i: number) => -weight[i]! * (y[i]! * Math.log(p) + (1 - y[i]!) * Math.log(1 - p));
  const bounded = (p: number) => Math.min(Math.max(p, 1e-4), 1 - 1e-4);
  return encodeApart(encoding, rows)
    .filter((_, k) => k % 2 === 0)
    .map(shares =>
      shares.reduce((sum, p, i) => sum + loss(bounded(encoding.prior), i) - loss(bounded(p), i), 0),
    );
}

/** Whether two words always go together: crossing them would tell nothing. */
function isOne({ words }: WordRows, [a, b]: Cross): boolean {
  return words.every(row => row[a] === row[b]);
}

/** All pairs of the words that tell most, each alone. */
export function crossesOf(rows: WordRows): Cross[] {
  const gains = gainsOf(rows);
  const best = gains
    .map((gain, k) => ({ gain, k }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, crossedWords)
    .map(({ k }) => k);
  const pairs = best.flatMap((a, k) => best.slice(k + 1).map((b): Cross => [a, b]));
  return pairs.filter(pair => !isOne(rows, pair));
}

/** The words and their pairs. */
export function crossed(words: readonly string[], crosses: readonly Cross[]): string[] {
  return [...words, ...crosses.map(([a, b]) => `${words[a]} + ${words[b]}`)];
}
