import { type EventSink, type OwnEvent, readEvent, writeEvent } from '../core/event.ts';
import { OutboxLane } from '../core/outbox-lane.ts';
import type { Store } from '../core/store.ts';

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

/** Keeps the lane of a sink apart from that of a receiver with the same name. */
const laneOf = (sink: EventSink) => `events/${sink.name}`;

interface SinkLane {
  readonly sink: EventSink;
  readonly lane: OutboxLane<OwnEvent>;
}

function laneFor(sink: EventSink, { store, clock, random, observe }: EventDispatcherOptions): SinkLane {
  const lane = new OutboxLane<OwnEvent>({
    store,
    name: laneOf(sink),
    clock,
    random,
    read: readEvent,
    deliver: (events, signal) => sink.deliver(events, signal),
    observe: report => observe({ sink: sink.name, ...report }),
  });
  return { sink, lane };
}

/** Queues events in the store before they leave and delivers them in order, each sink by itself, at least once. */
export function createEventDispatcher(options: EventDispatcherOptions): EventDispatcher {
  const lanes = options.sinks.map(sink => laneFor(sink, options));
  const stopped = new AbortController();
  return {
    enqueue(events, at) {
      for (const event of events)
        for (const { sink } of lanes)
          options.store.outbox.enqueue(laneOf(sink), event.id, writeEvent(event), at);
    },
    async round() {
      await Promise.all(lanes.map(({ lane }) => lane.round(stopped.signal)));
    },
    async close() {
      stopped.abort();
      await Promise.all(lanes.map(({ sink }) => sink.close()));
    },
  };
}
