/**
 * Words as numbers: the share of past rows with the same word that had the outcome, drawn to the share of all by `pull`
 * rows (Micci-Barreca 2001, eq. 4), and how many there were.
 */
export interface Encoding {
  /** The share of all rows. */
  readonly prior: number;
  /** One map a word: rows (weighed), and those of them with the outcome. */
  readonly tables: readonly ReadonlyMap<string, Past>[];
}

/** Past rows, weighed: all of them and those with the outcome. */
export interface Past {
  readonly rows: number;
  readonly reached: number;
}

/** Rows of words, each with its chance and its weight; `fold` says which rows know nothing of each other. */
export interface WordRows {
  readonly words: readonly (readonly string[])[];
  readonly y: Float64Array;
  readonly weight: Float64Array;
  readonly fold: Uint8Array;
}

const pull = 10;
/**
 * From so many rows on a word keeps its whole share: what its own row adds is small, while shares that differ only by the
 * fold left out would give away which fold had the outcome more often.
 */
const many = 100;
const nothing: Past = { rows: 0, reached: 0 };

/** The share that is told for a word, drawn to that of all. */
export function shareOf({ rows, reached }: Past, prior: number): number {
  return (reached + pull * prior) / (rows + pull);
}

interface Sums {
  rows: number;
  reached: number;
}

/** The sums of each word of one column, by a key made of word and row. */
function sumsOf({ words, y, weight }: WordRows, column: number, key: (row: number) => string) {
  const sums = new Map<string, Sums>();
  for (let i = 0; i < words.length; i++) {
    const name = key(i) + words[i]![column]!;
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = { rows: 0, reached: 0 };
      sums.set(name, sum);
    }
    sum.rows += weight[i]!;
    sum.reached += weight[i]! * y[i]!;
  }
  return sums;
}

export function fitEncoding(rows: WordRows): Encoding {
  const width = rows.words[0]?.length ?? 0;
  const weight = rows.weight.reduce((sum, w) => sum + w, 0);
  const reached = rows.weight.reduce((sum, w, i) => sum + w * rows.y[i]!, 0);
  const tables = Array.from({ length: width }, (_, k) => sumsOf(rows, k, () => ''));
  return { prior: weight > 0 ? reached / weight : 0.5, tables };
}

const numbersOf = (past: Past, prior: number) => [shareOf(past, prior), Math.log1p(past.rows)];

/** What is known of the word of one column. */
export function pastOf({ tables }: Encoding, column: number, word: string): Past {
  return tables[column]!.get(word) ?? nothing;
}

/** Two numbers a word: the share and the logarithm of the count. */
export function encode(encoding: Encoding, words: readonly string[]): number[] {
  return words.flatMap((word, k) => numbersOf(pastOf(encoding, k, word), encoding.prior));
}

/** The same for the rows that it was fitted on, each without its own fold, so that no row sees its own outcome. */
export function encodeApart(encoding: Encoding, rows: WordRows): Float64Array[] {
  const n = rows.words.length;
  return encoding.tables.flatMap((table, k) => {
    const own = sumsOf(rows, k, i => `${rows.fold[i]!}:`);
    const share = new Float64Array(n);
    const count = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const word = rows.words[i]![k]!;
      const all = table.get(word)!;
      const mine = own.get(`${rows.fold[i]!}:${word}`)!;
      const others = {
        rows: Math.max(0, all.rows - mine.rows),
        reached: Math.max(0, all.reached - mine.reached),
      };
      const past = all.rows >= many ? all : others;
      const [value = 0, size = 0] = numbersOf(past, encoding.prior);
      share[i] = value;
      count[i] = size;
    }
    return [share, count];
  });
}
