import { drainOutbox } from '../core/drain.ts';
import { type EventSink, type OwnEvent, readEvent, writeEvent } from '../core/event.ts';
import type { KeyValues, OutboxEntry, Store } from '../core/store.ts';

/** What happened at a sink, for metrics and the log: once a delivery attempt. */
export interface SinkReport {
  readonly sink: string;
  readonly kind: 'delivered' | 'retry' | 'rejected';
  readonly count: number;
  readonly message: string;
}

/** Everything that the dispatcher needs: `clock` in ms, `random` in [0, 1). */
export interface EventDispatcherOptions {
  readonly store: Store;
  readonly sinks: readonly EventSink[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly observe: (report: SinkReport) => void;
}

/** Made once; `enqueue` is durable when it returns; `round` is run again and again; `close` ends what is under way. */
export interface EventDispatcher {
  /** Queues for all sinks; one that a sink was given already is left out. May be part of a transaction of the store. */
  enqueue(events: readonly OwnEvent[], at: number): void;
  /** One attempt at each sink that is due. May be called while a slow sink is still busy. */
  round(): Promise<void>;
  close(): Promise<void>;
}

const longestBackoff = 300_000;

/** Keeps the lane of a sink apart from that of a receiver with the same name. */
const laneOf = (sink: EventSink) => `events/${sink.name}`;

/** One sink's lane: its order and its backoff. */
class Lane {
  readonly sink: EventSink;
  readonly #options: EventDispatcherOptions;
  readonly #dead: KeyValues;
  #busy = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(sink: EventSink, options: EventDispatcherOptions) {
    this.sink = sink;
    this.#options = options;
    this.#dead = options.store.values(`dead_letters/${laneOf(sink)}`);
  }

  async round(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#options;
    if (this.#busy || clock() < this.#notBefore || signal.aborted) return;
    this.#busy = true;
    try {
      await drainOutbox(
        {
          outbox: store.outbox,
          receiver: laneOf(this.sink),
          read: readEvent,
          deliver: events => this.sink.deliver(events, signal),
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

  #report(kind: SinkReport['kind'], count: number, message = ''): void {
    this.#options.observe({ sink: this.sink.name, kind, count, message });
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
    const { store, clock } = this.#options;
    store.transaction(() => {
      this.#dead.set(entry.key, new TextEncoder().encode(entry.body));
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

/** Queues events in the store before they leave and delivers them in order, each sink by itself, at least once. */
export function createEventDispatcher(options: EventDispatcherOptions): EventDispatcher {
  const lanes = options.sinks.map(sink => new Lane(sink, options));
  const stopped = new AbortController();
  return {
    enqueue(events, at) {
      for (const event of events)
        for (const { sink } of lanes)
          options.store.outbox.enqueue(laneOf(sink), event.id, writeEvent(event), at);
    },
    async round() {
      await Promise.all(lanes.map(lane => lane.round(stopped.signal)));
    },
    async close() {
      stopped.abort();
      await Promise.all(lanes.map(({ sink }) => sink.close()));
    },
  };
}
