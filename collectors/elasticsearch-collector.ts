import { setTimeout as wait } from 'node:timers/promises';
import { createElasticsearchClient, type ElasticsearchClient } from '../clients/elasticsearch.ts';
import type { LogCollector, LogLag, LogSink } from '../core/log.ts';
import { SourceError } from '../core/series.ts';
import type { ElasticsearchOptions } from './elasticsearch.ts';
import { ElasticsearchIntake } from './elasticsearch-intake.ts';
import { readElasticsearchPosition } from './elasticsearch-position.ts';
import { Snapshot } from './elasticsearch-snapshot.ts';
import { backOff, createTroubles } from './troubles.ts';

/** Asks again and again for what has come since, each time in a view of its own. */
export class ElasticsearchCollector implements LogCollector {
  readonly name: string;
  readonly #options: ElasticsearchOptions;
  #intake: ElasticsearchIntake | undefined;

  constructor(options: ElasticsearchOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async start(sink: LogSink, from: string | undefined, signal: AbortSignal): Promise<void> {
    const stored = from === undefined ? undefined : readElasticsearchPosition(from);
    const intake = new ElasticsearchIntake(this.#options, sink, stored ?? this.#beginning());
    this.#intake = intake;
    // The first batch is empty: its position says where reading began.
    if (stored === undefined) await sink.take({ records: [], position: intake.position() });
    const client = createElasticsearchClient(this.#options);
    const troubles = createTroubles(sink);
    let failures = 0;
    try {
      while (!signal.aborted) {
        try {
          await this.#poll(client, intake, signal);
          failures = 0;
          troubles.over('reading');
          await wait(this.#options.poll_interval, undefined, { signal }).catch(() => {});
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof SourceError)) throw error;
          troubles.tell('reading', error.message);
          await backOff(failures++, signal);
        }
      }
    } finally {
      await client.close();
    }
  }

  #beginning() {
    if (this.#options.start_at === 'beginning') return { seen: {} };
    const now = Date.now();
    return { floor: now, newest: now, seen: {} };
  }

  /** Hands on all that is new. A view that ended while the sink was full is followed by another one. */
  async #poll(client: ElasticsearchClient, intake: ElasticsearchIntake, signal: AbortSignal): Promise<void> {
    for (;;) {
      const before = intake.handed;
      const snapshot = this.#snapshot(client, intake, signal);
      try {
        for (;;) {
          const page = await snapshot.page();
          if (page.length === 0) return;
          await intake.hand(page, Date.now());
          if (signal.aborted) return;
        }
      } catch (error) {
        if (!Snapshot.expired(error) || intake.handed === before) throw error;
      } finally {
        await snapshot.close();
      }
    }
  }

  #snapshot(client: ElasticsearchClient, intake: ElasticsearchIntake, signal: AbortSignal): Snapshot {
    const { index, timestamp_field: field, page_size: pageSize, query: filter } = this.#options;
    return new Snapshot(client, { index, field, pageSize, since: intake.since(), filter }, signal);
  }

  /** Nothing is deleted in Elasticsearch for having been read. */
  async commit(): Promise<void> {}

  lag(now: number): LogLag {
    return this.#intake?.lag(now) ?? {};
  }
}
