/** How many different vectors the density is made of: the most frequent ones. */
const mostVectors = 2048;
/** What a template's spread of log counts is at least, and what one session in n could have changed it by. */
const leastSpread = 0.03;
const onePart = Math.LN2;
/** Terms smaller than e^-40 of the largest change no digit of a sum. */
const negligible = 40;

/** Which templates stand in a session and how often, by rising template. Equal vectors have equal keys. */
export interface CountVector {
  readonly templates: Int32Array;
  readonly counts: Int32Array;
  readonly key: string;
}

/** Counts the templates of a sequence; its order is lost. */
export function countVector(sequence: Int32Array): CountVector {
  const sorted = sequence.slice().sort();
  const templates = new Int32Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let n = 0;
  let key = '';
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    templates[n] = sorted[from]!;
    counts[n++] = to - from;
    key += `${sorted[from]}:${to - from} `;
  }
  return { templates: templates.subarray(0, n), counts: counts.subarray(0, n), key };
}

/** The vectors of many sessions, each once, with how many sessions have it. */
export interface CountedVector {
  readonly vector: CountVector;
  readonly sessions: number;
}

/** For one template: which vectors have it, and its log count there over its spread. */
interface Posting {
  readonly rows: Int32Array;
  readonly logs: Float64Array;
}

/**
 * Density of count vectors, by a kernel of the absolute difference of log counts (a product kernel for counted data as by
 * Aitchison and Aitken 1976, in Laplace form): f(x) = 1/n sum_y n_y exp(-sum_t |log(1 + x_t) - log(1 + y_t)| / s_t), where s_t is
 * the spread of the template over all sessions. So one answer holds what is new (a template), missing, too often, or never
 * seen together; a template that varies freely costs little, one that never varies much.
 */
export class CountDensity {
  readonly #rowOf = new Map<string, number>();
  readonly #sessions: Float64Array;
  /** log of how many sessions have the vectors that make the density. */
  readonly #weights: Float64Array;
  readonly #norms: Float64Array;
  readonly #postings: ReadonlyMap<number, Posting>;
  readonly #spreads: ReadonlyMap<number, number>;
  readonly #unseenSpread: number;
  readonly #n: number;
  readonly #distances: Float64Array;

  constructor(counted: readonly CountedVector[]) {
    this.#n = counted.reduce((sum, { sessions }) => sum + sessions, 0);
    this.#spreads = spreadsOf(counted, this.#n);
    this.#unseenSpread = Math.hypot(leastSpread, onePart / Math.sqrt(this.#n));
    const sorted = [...counted].sort((a, b) => b.sessions - a.sessions);
    this.#sessions = Float64Array.from(sorted, ({ sessions }) => sessions);
    const rows = Math.min(mostVectors, sorted.length);
    this.#weights = this.#sessions.subarray(0, rows).map(Math.log);
    this.#distances = new Float64Array(rows);
    sorted.forEach(({ vector }, row) => {
      this.#rowOf.set(vector.key, row);
    });
    const scaled = sorted.slice(0, rows).map(({ vector }) => this.#scaled(vector));
    this.#norms = Float64Array.from(scaled, ({ norm }) => norm);
    this.#postings = postingsOf(scaled);
  }

  /** The vector's log counts over the spreads of their templates, and their sum. */
  #scaled({ templates, counts }: CountVector): ScaledVector {
    const logs = new Float64Array(templates.length);
    let norm = 0;
    for (let i = 0; i < templates.length; i++) {
      logs[i] = Math.log1p(counts[i]!) / this.#spread(templates[i]!);
      norm += logs[i]!;
    }
    return { templates, logs, norm };
  }

  #spread(template: number): number {
    return this.#spreads.get(template) ?? this.#unseenSpread;
  }

  /** -log f(x). `own` = 1 leaves out one session that has this very vector: that of a session that was learned. */
  surprise(vector: CountVector, own: 0 | 1): number {
    this.#measure(vector);
    const exact = this.#rowOf.get(vector.key) ?? -1;
    const distances = this.#distances;
    if (exact >= 0 && exact < distances.length) distances[exact] = Number.POSITIVE_INFINITY;
    const same = exact < 0 ? 0 : this.#sessions[exact]! - own;
    let least = same > 0 ? -Math.log(same) : Number.POSITIVE_INFINITY;
    for (let row = 0; row < distances.length; row++) {
      distances[row] = distances[row]! - this.#weights[row]!;
      if (distances[row]! < least) least = distances[row]!;
    }
    if (least === Number.POSITIVE_INFINITY) return least;
    let sum = same * Math.exp(least);
    for (let row = 0; row < distances.length; row++)
      if (distances[row]! < least + negligible) sum += Math.exp(least - distances[row]!);
    return least - Math.log(sum) + Math.log(this.#n - own);
  }

  /** sum_t |x_t - y_t| = sum x_t + sum y_t - 2 sum min(x_t, y_t), over scaled logs: only shared templates are visited. */
  #measure(vector: CountVector): void {
    const { templates, logs, norm } = this.#scaled(vector);
    const distances = this.#distances;
    distances.set(this.#norms);
    for (let i = 0; i < templates.length; i++) {
      const posting = this.#postings.get(templates[i]!);
      if (posting === undefined) continue;
      const { rows, logs: theirs } = posting;
      for (let k = 0; k < rows.length; k++)
        distances[rows[k]!] = distances[rows[k]!]! - 2 * Math.min(logs[i]!, theirs[k]!);
    }
    for (let row = 0; row < distances.length; row++) distances[row] = Math.max(0, distances[row]! + norm);
  }
}

interface ScaledVector {
  readonly templates: Int32Array;
  readonly logs: Float64Array;
  readonly norm: number;
}

/** For each template the rows that have it. */
function postingsOf(vectors: readonly ScaledVector[]): Map<number, Posting> {
  const lists = new Map<number, { rows: number[]; logs: number[] }>();
  vectors.forEach(({ templates, logs }, row) => {
    templates.forEach((template, i) => {
      const list = lists.get(template) ?? { rows: [], logs: [] };
      list.rows.push(row);
      list.logs.push(logs[i]!);
      lists.set(template, list);
    });
  });
  return new Map(
    [...lists].map(([template, { rows, logs }]) => [
      template,
      { rows: Int32Array.from(rows), logs: Float64Array.from(logs) },
    ]),
  );
}

/** Standard deviation of each template's log count over all sessions, never less than what one of them could hide. */
function spreadsOf(counted: readonly CountedVector[], n: number): Map<number, number> {
  const sums = new Map<number, { sum: number; squares: number }>();
  for (const { vector, sessions } of counted)
    vector.templates.forEach((template, i) => {
      const log = Math.log1p(vector.counts[i]!);
      const of = sums.get(template) ?? { sum: 0, squares: 0 };
      of.sum += sessions * log;
      of.squares += sessions * log * log;
      sums.set(template, of);
    });
  const spreads = new Map<number, number>();
  for (const [template, { sum, squares }] of sums) {
    const variance = Math.max(0, squares / n - (sum / n) ** 2);
    spreads.set(template, Math.sqrt(variance + onePart ** 2 / n + leastSpread ** 2));
  }
  return spreads;
}
