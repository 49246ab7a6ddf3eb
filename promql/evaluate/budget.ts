import { ExecutionError } from '../parse.ts';

/** Samples that a query holds in memory at once, counted as Prometheus counts them: what is read and what each part gives. */
export class SampleBudget {
  readonly #most: number;
  #held = 0;
  #read = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What parts of the query hold, without what was read. */
  get held(): number {
    return this.#held;
  }

  /** Takes `count` more before they are made. Throws an ExecutionError above the limit. */
  take(count: number): void {
    this.#held += count;
    this.#check();
  }

  /** Counts samples of the store; they stay until the end. Throws as `take` does. */
  read(count: number): void {
    this.#read += count;
    this.#check();
  }

  #check(): void {
    if (this.#held + this.#read > this.#most)
      throw new ExecutionError(
        'query processing would load too many samples into memory in query execution',
        0,
      );
  }

  /** Gives back all but `held`. */
  settle(held: number): void {
    this.#held = held;
  }
}
