import { CountDensity, type CountedVector, type CountVector, countVector } from './log-session-counts.ts';
import { StepRarity } from './log-session-order.ts';
import { PooledTail } from './pooled-tail.ts';

/** How many of the learned sessions give the scale, evenly taken. */
const mostScored = 50_000;
/** One-sided 95 %, in standard deviations. */
const confident = 1.645;
/** A limit is never below this share of the stated rate, however few sessions were learned. */
const leastOfRate = 1 / 16;

/** Raw evidence of one session, in nats: how rare its counts and its steps are. */
interface Evidence {
  readonly counts: number;
  readonly order: number;
}

/** `score` rises with how unusual a session is; `p` = P(at least as unusual, when nothing is wrong). */
export interface SessionScore {
  readonly score: number;
  readonly p: number;
}

/**
 * What normal sessions of log lines look like, learned from sequences of template numbers (a session is what one request,
 * block or job wrote). Two questions: are the counts of its templates usual (`CountDensity`), is their order (`StepRarity`)?
 * Each becomes a p-value by leaving every learned session out of itself (jackknife form of conformal prediction, Vovk et al. 2005,
 * Barber et al. 2021), so that all sessions serve as history and as scale. The harmonic mean of the two (Wilson 2019: one
 * small p is not lost beside a p of 1) is brought to the same scale once more, so that p holds whatever their dependence.
 */
export class SessionModel {
  /** How many sessions were learned. */
  readonly sessions: number;
  readonly #density: CountDensity;
  readonly #steps = new StepRarity();
  readonly #countTail: PooledTail;
  readonly #orderTail: PooledTail;
  readonly #tail: PooledTail;

  /** Learns normal sessions; throws a RangeError for fewer than two, which say nothing of each other. */
  constructor(sequences: readonly Int32Array[]) {
    if (sequences.length < 2)
      throw new RangeError(
        `normal sessions: ${sequences.length}; at least 2 are needed, some hundreds are useful`,
      );
    this.sessions = sequences.length;
    const { counted, which } = countSame(sequences);
    this.#density = new CountDensity(counted);
    for (const sequence of sequences) this.#steps.learn(sequence);
    const surprises = counted.map(({ vector }) => this.#density.surprise(vector, 1));
    const evidence = evenly(sequences.length).map(i => ({
      counts: surprises[which[i]!]!,
      order: this.#steps.rarity(sequences[i]!, 1),
    }));
    this.#countTail = new PooledTail(evidence.map(({ counts }) => counts));
    this.#orderTail = new PooledTail(evidence.map(({ order }) => order));
    this.#tail = new PooledTail(evidence.map(one => this.#combine(one)));
  }

  /** -log10 of the harmonic mean of the two p-values. */
  #combine({ counts, order }: Evidence): number {
    return Math.log10((1 / this.#countTail.pValue(counts) + 1 / this.#orderTail.pValue(order)) / 2);
  }

  /** Judges one session; a template that was not learned has a number of its own. Changes nothing. */
  score(sequence: Int32Array): SessionScore {
    const counts = this.#density.surprise(countVector(sequence), 0);
    const score = this.#combine({ counts, order: this.#steps.rarity(sequence, 0) });
    return { score, p: this.#tail.pValue(score) };
  }

  /**
   * Up to which p a session is to be called anomalous, so that the share of normal sessions called so is at most `rate` with 95 %
   * confidence over the draw of the learned ones (conformal p-values given the training data, Bates et al. 2023; the number of
   * learned sessions in the tail is Poisson, its square root has the constant deviation 1/2).
   */
  limit(rate: number): number {
    const deviations = confident / 2 / Math.sqrt(rate * (this.sessions + 1));
    return rate * Math.max(leastOfRate, Math.max(0, 1 - deviations) ** 2);
  }
}

/** Numbers below n, evenly spread and not too many. */
function evenly(n: number): number[] {
  const every = Math.ceil(n / mostScored);
  return Array.from({ length: Math.ceil(n / every) }, (_, i) => i * every);
}

/** The different count vectors of the sequences, and which of them each sequence has. */
function countSame(sequences: readonly Int32Array[]): {
  readonly counted: readonly CountedVector[];
  readonly which: Int32Array;
} {
  const rowOf = new Map<string, number>();
  const counted: { vector: CountVector; sessions: number }[] = [];
  const which = Int32Array.from(sequences, sequence => {
    const vector = countVector(sequence);
    const row = rowOf.get(vector.key) ?? counted.push({ vector, sessions: 0 }) - 1;
    rowOf.set(vector.key, row);
    counted[row]!.sessions++;
    return row;
  });
  return { counted, which };
}
