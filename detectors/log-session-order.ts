/** Before the first and after the last template of a session. */
const edge = -1;
/** A step that follows in more than one of a hundred sessions says nothing. */
const usual = Math.log(100);

/** In how many sessions something was seen; `last` is the session that it was counted for. */
interface Seen {
  sessions: number;
  last: number;
}

/**
 * How rare a session's steps from one template to the next are (its begin and end among them): the sum over its steps a -> b of
 * max(0, -log P(b follows a) - log 100), P by sessions with half a session added. Templates that were never seen are the
 * counts' affair and take no part.
 */
export class StepRarity {
  readonly #next = new Map<number, Map<number, Seen>>();
  readonly #from = new Map<number, Seen>();
  #learned = 0;

  /** Learns the steps of one session. */
  learn(sequence: Int32Array): void {
    this.#learned++;
    let from = edge;
    for (let i = 0; i <= sequence.length; i++) {
      const to = sequence[i] ?? edge;
      this.#count(this.#from, from);
      let nexts = this.#next.get(from);
      if (nexts === undefined) {
        nexts = new Map();
        this.#next.set(from, nexts);
      }
      this.#count(nexts, to);
      from = to;
    }
  }

  #count(counts: Map<number, Seen>, key: number): void {
    const seen = counts.get(key);
    if (seen === undefined) counts.set(key, { sessions: 1, last: this.#learned });
    else if (seen.last !== this.#learned) {
      seen.sessions++;
      seen.last = this.#learned;
    }
  }

  /** The sum of the rarities. `own` = 1 leaves out one session with these very steps: that of a session that was learned. */
  rarity(sequence: Int32Array, own: 0 | 1): number {
    let sum = 0;
    let from = edge;
    for (let i = 0; i <= sequence.length; i++) {
      const to = sequence[i] ?? edge;
      const all = this.#from.get(from)?.sessions ?? 0;
      if (all > 0 && this.#from.has(to)) {
        const seen = this.#next.get(from)?.get(to)?.sessions ?? 0;
        sum += Math.max(0, Math.log((all - own + 1) / (seen - own + 0.5)) - usual);
      }
      from = to;
    }
    return sum;
  }
}
