/** When an episode opens and closes, and how long it keeps its samples from being learned. Times in ms. */
export interface EpisodePolicy {
  /** Opens when p <= `open`, closes when p > `close`. */
  readonly open: number;
  readonly close: number;
  /** Samples of an open episode are held back for this long; a change that lasts longer becomes the new normal. */
  readonly hold: number;
  /** Only samples with p <= `strong` are held back: weak ones are most often the scale's own tail. */
  readonly strong: number;
}

/** Which rows of a class are in an episode and since when: the only state is a time a row. */
export class Episodes {
  readonly #since: Float64Array;
  readonly #policy: EpisodePolicy;

  constructor(rows: number, policy: EpisodePolicy) {
    this.#since = new Float64Array(rows).fill(Number.NaN);
    this.#policy = policy;
  }

  /** Moves the row on by one p-value at `t`; a NaN leaves it as it is. Answers whether an episode is open. */
  step(row: number, t: number, p: number): 0 | 1 {
    const open = this.isOpen(row);
    if (Number.isNaN(p)) return open;
    if (open === 0 && p <= this.#policy.open) this.#since[row] = t;
    // A clock that was set back must not make an episode longer.
    if (open === 1) this.#since[row] = p > this.#policy.close ? Number.NaN : Math.min(t, this.#since[row]!);
    return this.isOpen(row);
  }

  isOpen(row: number): 0 | 1 {
    return Number.isNaN(this.#since[row]!) ? 0 : 1;
  }

  /** Whether a sample of the row at `t` with p-value `p` is kept from being learned. */
  isHeld(row: number, t: number, p: number): 0 | 1 {
    const since = this.#since[row]!;
    return t - since < this.#policy.hold && p <= this.#policy.strong ? 1 : 0;
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts closed. */
  remap(from: Int32Array): Episodes {
    const next = new Episodes(from.length, this.#policy);
    from.forEach((old, row) => {
      if (old >= 0) next.#since[row] = this.#since[old]!;
    });
    return next;
  }

  /** When each open episode began, NaN = closed. */
  get since(): Float64Array {
    return this.#since;
  }
}
