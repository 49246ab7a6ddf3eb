/** The look back is kept in so many blocks, so that it is forgotten piece by piece. */
const blocks = 4;

/**
 * Runs of extremes count once (declustering, Leadbetter 1983): a p-value is news when it is smaller than all that were said
 * in the last `length` steps of its row, else 1. 20 bytes a row; forgotten in quarters.
 */
export class Declustering {
  readonly #length: number;
  readonly #least: Float32Array;
  readonly #steps: Float32Array;

  constructor(rows: number, length: number) {
    this.#length = Math.ceil(length / blocks);
    this.#least = new Float32Array(rows * blocks).fill(1);
    this.#steps = new Float32Array(rows);
  }

  /** Moves the row on by one p-value: answers it when it is news, else 1; NaN for a NaN. */
  step(row: number, p: number): number {
    const from = row * blocks;
    const step = this.#steps[row]!;
    const block = from + (Math.floor(step / this.#length) % blocks);
    if (step % this.#length === 0) this.#least[block] = 1;
    this.#steps[row] = (step + 1) % (this.#length * blocks);
    if (Number.isNaN(p)) return p;
    let least = 1;
    for (let i = from; i < from + blocks; i++) least = Math.min(least, this.#least[i]!);
    this.#least[block] = Math.min(this.#least[block]!, p);
    return Math.fround(p) < least ? p : 1;
  }

  /** Each row's memory as numbers, for `restore`. */
  get state(): readonly Float32Array[] {
    return [this.#least, this.#steps];
  }

  /** Takes the rows `from` (-1 = none) of a state of the same length. */
  restore([least, steps]: readonly ArrayLike<number>[], from: Int32Array): void {
    if (least === undefined || steps === undefined)
      throw new RangeError('the state of a declustering is missing');
    from.forEach((old, row) => {
      if (old < 0) return;
      for (let i = 0; i < blocks; i++) this.#least[row * blocks + i] = least[old * blocks + i]!;
      this.#steps[row] = steps[old]!;
    });
  }
}
