import { setTimeout as wait } from 'node:timers/promises';
import { createElasticsearchClient, type ElasticsearchClient } from '../clients/elasticsearch.ts';
import type { LogCollector, LogLag, LogSink } from '../core/log.ts';
import { SourceError } from '../core/series.ts';
import type { ElasticsearchOptions } from './elasticsearch.ts';
import { ElasticsearchIntake } from './elasticsearch-intake.ts';
import { readElasticsearchPosition } from './elasticsearch-position.ts';
import { Snapshot, type View } from './elasticsearch-snapshot.ts';
import { backOff, createTroubles } from './troubles.ts';

/** What lives as long as `start` runs; `answered` is called when the server has answered. */
interface Run {
  readonly intake: ElasticsearchIntake;
  readonly signal: AbortSignal;
  readonly answered: () => void;
}

/** Asks again and again for what has come since, each time in a view of its own. */
export class ElasticsearchCollector implements LogCollector {
  readonly name: string;
  readonly #options: ElasticsearchOptions;
  #intake: ElasticsearchIntake | undefined;
  #pageSize: number;
  /** False at the start and after a failure: an index may have been made anew, and then equal counts say nothing. */
  #settled = false;

  constructor(options: ElasticsearchOptions) {
    this.name = options.name;
    this.#options = options;
    this.#pageSize = options.page_size;
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
    const answered = () => {
      failures = 0;
      troubles.over('reading');
    };
    try {
      while (!signal.aborted) {
        try {
          await this.#poll(client, { intake, signal, answered });
          this.#settled = true;
          answered();
          await wait(this.#options.poll_interval, undefined, { signal }).catch(() => {});
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof SourceError)) throw error;
          this.#settled = false;
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
  async #poll(client: ElasticsearchClient, run: Run): Promise<void> {
    const { intake } = run;
    for (;;) {
      const before = intake.handed;
      const snapshot = new Snapshot(client, this.#view(), run.signal);
      try {
        return await this.#drain(snapshot, run);
      } catch (error) {
        if (!Snapshot.expired(error) || intake.handed === before) throw error;
      } finally {
        this.#pageSize = snapshot.pageSize;
        await snapshot.close();
      }
    }
  }

  async #drain(snapshot: Snapshot, { intake, signal, answered }: Run): Promise<void> {
    const ranges = this.#settled ? await intake.news(snapshot) : intake.window();
    for (const range of ranges)
      for await (const page of snapshot.pages(range)) {
        answered();
        await intake.hand(page, Date.now());
        if (signal.aborted) return;
      }
    intake.shown();
  }

  #view(): View {
    const {
      index,
      timestamp_field: field,
      query: filter,
      page_size: most,
      max_page_bytes: maxBytes,
    } = this.#options;
    return { index, field, filter, pageSize: this.#pageSize, most, maxBytes };
  }

  /** Nothing is deleted in Elasticsearch for having been read. */
  async commit(): Promise<void> {}

  lag(now: number): LogLag {
    return { ...this.#intake?.lag(now), blind: !this.#settled };
  }
}
