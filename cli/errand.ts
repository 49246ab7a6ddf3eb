/** How an errand ended, and how long it took, ms. */
export type Outcome<T> = (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }
) & { readonly took: number };

/**
 * Something asked of the outside world, one at a time: begun by a pass, taken by the first pass after its end. So a pass
 * may go on without what is slow, and what is slow is not asked for twice.
 */
export class Errand<T> {
  readonly #clock: () => number;
  #outcome: Outcome<T> | undefined;
  #busy = false;

  /** `clock` in ms. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** True from `begin` until `take` answers. */
  get open(): boolean {
    return this.#busy || this.#outcome !== undefined;
  }

  /** Resolves at the end, whatever that is; never rejects. Throws an Error while another one is open. */
  async begin(run: () => Promise<T>): Promise<void> {
    if (this.open) throw new Error('an errand is begun while another one is under way');
    const began = this.#clock();
    this.#busy = true;
    try {
      const value = await run();
      this.#outcome = { ok: true, value, took: this.#clock() - began };
    } catch (error) {
      this.#outcome = { ok: false, error, took: this.#clock() - began };
    }
    this.#busy = false;
  }

  /** What has come, once; undefined while it is under way and when nothing was begun. */
  take(): Outcome<T> | undefined {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    return outcome;
  }
}
