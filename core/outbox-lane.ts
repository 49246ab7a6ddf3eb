import { drainOutbox } from './drain.ts';
import type { OutboxEntry, Store } from './store.ts';

/** What happened to one attempt of a lane. */
export interface LaneReport {
  readonly kind: 'delivered' | 'retry' | 'rejected';
  readonly count: number;
  readonly message: string;
}

/** Everything that a lane needs: `clock` in ms, `random` in [0, 1). */
export interface LaneOptions<Item> {
  readonly store: Store;
  /** Its name in the outbox. */
  readonly name: string;
  /** How many items one delivery takes at most; many unless given. */
  readonly batch?: number;
  readonly clock: () => number;
  readonly random: () => number;
  read(body: string): Item;
  /** Resolves when the other side has taken all; rejects with a retryable SourceError when asking again may help. */
  deliver(items: readonly Item[], signal: AbortSignal): Promise<void>;
  observe(report: LaneReport): void;
}

const longestBackoff = 300_000;

/** Hands what waits in the outbox for one receiver to it, in order, with a growing wait after each failure. */
export class OutboxLane<Item> {
  readonly #options: LaneOptions<Item>;
  #busy = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: LaneOptions<Item>) {
    this.#options = options;
  }

  /** One attempt, where one is due. May be called while a slow receiver is still busy. */
  async round(signal: AbortSignal): Promise<void> {
    const { store, name, batch, clock, read, deliver } = this.#options;
    if (this.#busy || clock() < this.#notBefore || signal.aborted) return;
    this.#busy = true;
    try {
      await drainOutbox(
        {
          outbox: store.outbox,
          receiver: name,
          ...(batch === undefined ? {} : { batch }),
          read,
          deliver: items => deliver(items, signal),
          settle: entries => this.#settle(entries),
          bury: (entry, message) => this.#bury(entry, message),
        },
        signal,
      );
      this.#failures = 0;
    } catch (error) {
      this.#backOff(error);
    } finally {
      this.#busy = false;
    }
  }

  #report(kind: LaneReport['kind'], count: number, message = ''): void {
    this.#options.observe({ kind, count, message });
  }

  #settle(entries: readonly OutboxEntry[]): void {
    const { store, clock } = this.#options;
    store.outbox.delivered(
      entries.map(entry => entry.id),
      clock(),
    );
    this.#report('delivered', entries.length);
  }

  #bury(entry: OutboxEntry, message: string): void {
    const { store, name, clock } = this.#options;
    store.transaction(() => {
      store.values(`dead_letters/${name}`).set(entry.key, new TextEncoder().encode(entry.body));
      store.outbox.delivered([entry.id], clock());
    });
    this.#report('rejected', 1, message);
  }

  #backOff(error: unknown): void {
    const { clock, random } = this.#options;
    const wait = Math.min(longestBackoff, 1000 * 2 ** this.#failures) * (0.5 + random() / 2);
    this.#failures = Math.min(this.#failures + 1, 20);
    this.#notBefore = clock() + wait;
    this.#report('retry', 1, error instanceof Error ? error.message : String(error));
  }
}
