/** How often people split two places that stood in one incident, and merged two incidents of theirs; counted less with age. */
interface Lesson {
  readonly split: number;
  readonly merged: number;
  /** When it was counted last, ms. */
  readonly at: number;
}

export type KinshipLessonsState = readonly (readonly [pair: string, lesson: Lesson])[];

const day = 86_400_000;
/** After so long what people did counts half. */
const halfLife = 60 * day;
/** So many pairs are remembered, those of last. */
const mostPairs = 2000;
/** So many places of each side are paired: of more, no pair was meant. */
const mostPlaces = 8;

const pairOf = (a: string, b: string) => JSON.stringify(a < b ? [a, b] : [b, a]);

/** What people teach of which places belong together: told by their merges and splits, asked when an alert looks for kin. */
export class KinshipLessons {
  readonly #lessons: Map<string, Lesson>;

  constructor(state: KinshipLessonsState = []) {
    this.#lessons = new Map(state);
  }

  #now(pair: string, t: number): { split: number; merged: number } {
    const known = this.#lessons.get(pair);
    if (known === undefined) return { split: 0, merged: 0 };
    const kept = 2 ** (-Math.max(0, t - known.at) / halfLife);
    return { split: known.split * kept, merged: known.merged * kept };
  }

  /** Counts what a person did at `t` (ms) to two sets of places that have nothing in common. */
  learn(kind: 'split' | 'merged', sides: readonly [readonly string[], readonly string[]], t: number): void {
    const [some, others] = sides.map(places => places.slice(0, mostPlaces));
    for (const a of some!)
      for (const b of others!) {
        const pair = pairOf(a, b);
        const now = this.#now(pair, t);
        this.#lessons.delete(pair);
        this.#lessons.set(pair, { ...now, [kind]: now[kind] + 1, at: t });
      }
    for (const pair of this.#lessons.keys()) {
      if (this.#lessons.size <= mostPairs) break;
      this.#lessons.delete(pair);
    }
  }

  /** By how much people's splits speak against two places being in one incident: 1 = nobody said so, towards 0. */
  factor(a: string, b: string, t: number): number {
    if (this.#lessons.size === 0 || a === b) return 1;
    const { split, merged } = this.#now(pairOf(a, b), t);
    return ((1 + merged) / (1 + merged + split)) ** 2;
  }

  state(): KinshipLessonsState {
    return [...this.#lessons];
  }
}
