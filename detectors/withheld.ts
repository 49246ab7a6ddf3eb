/**
 * Scores of rows in a young episode, by row: kept back from the row's scale while the fault lasts, given to it when the
 * episode ends or its hold runs out. Nothing is thrown away, so that the scale keeps its tail and the flagged share its rate.
 */
export class Withheld {
  #scores = new Map<number, number[]>();

  add(row: number, score: number): void {
    const scores = this.#scores.get(row);
    if (scores === undefined) this.#scores.set(row, [score]);
    else scores.push(score);
  }

  /** The scores of a row, oldest first; they are no longer held. */
  take(row: number): readonly number[] {
    const scores = this.#scores.get(row) ?? [];
    this.#scores.delete(row);
    return scores;
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array): Withheld {
    const next = new Withheld();
    from.forEach((old, row) => {
      const scores = this.#scores.get(old);
      if (scores !== undefined) next.#scores.set(row, scores);
    });
    return next;
  }
}
