import { SourceError } from './series.ts';
import type { Outbox, OutboxEntry } from './store.ts';

/** How what waits in the outbox for one receiver leaves it. */
export interface Drain<Item> {
  readonly outbox: Outbox;
  readonly receiver: string;
  /** How many one delivery takes at most. */
  readonly batch?: number;
  read(body: string): Item;
  /** Resolves when the other side has taken all; rejects with a retryable SourceError when asking again may help. */
  deliver(items: readonly Item[], signal: AbortSignal): Promise<void>;
  /** These were taken: they are to be marked as delivered. */
  settle(entries: readonly OutboxEntry[], items: readonly Item[]): void;
  /** This one is refused for good: it is to be put aside. */
  bury(entry: OutboxEntry, message: string): void;
}

const batchSize = 64;

/** Delivers all that waits, in order. Rejects with what made it stop; what was not delivered then waits on. */
export async function drainOutbox<Item>(drain: Drain<Item>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const entries = drain.outbox.pending(drain.receiver, drain.batch ?? batchSize);
    if (entries.length === 0 || signal.aborted) return;
    await attempt(drain, entries, signal);
  }
}

/** A batch that is refused for good is tried one by one, so that one bad item takes no other with it. */
async function attempt<Item>(
  drain: Drain<Item>,
  entries: readonly OutboxEntry[],
  signal: AbortSignal,
): Promise<void> {
  try {
    const items = entries.map(entry => drain.read(entry.body));
    await drain.deliver(items, signal);
    drain.settle(entries, items);
  } catch (error) {
    const permanent = !(error instanceof SourceError) || !error.retryable;
    if (!permanent || signal.aborted) {
      drain.outbox.failed(entries.map(entry => entry.id));
      throw error;
    }
    if (entries.length > 1) for (const entry of entries) await attempt(drain, [entry], signal);
    else drain.bury(entries[0]!, error instanceof Error ? error.message : String(error));
  }
}
