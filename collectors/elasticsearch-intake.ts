import type { Labels } from '../core/labels.ts';
import type { LogLag, LogRecord, LogSink } from '../core/log.ts';
import type { ElasticsearchOptions } from './elasticsearch.ts';
import { documentKey, type ElasticsearchPosition, SeenDocuments } from './elasticsearch-position.ts';
import type { Document } from './elasticsearch-snapshot.ts';

/** Turns pages into batches for the sink, without the documents that were handed on before. */
export class ElasticsearchIntake {
  readonly #options: ElasticsearchOptions;
  readonly #sink: LogSink;
  readonly #labels: Labels;
  readonly #seen: SeenDocuments;
  /** Documents that were handed on since the start. */
  handed = 0;
  #floor: number | undefined;
  #newest: number | undefined;

  constructor(options: ElasticsearchOptions, sink: LogSink, from: ElasticsearchPosition) {
    this.#options = options;
    this.#sink = sink;
    this.#labels = { ...options.labels, index: options.index };
    this.#seen = new SeenDocuments(options.late_documents, from.seen);
    this.#floor = from.floor;
    this.#newest = from.newest;
  }

  /** Where the next view begins: what is older has been read, or is too late. */
  since(): number | undefined {
    const late = this.#newest === undefined ? undefined : this.#newest - this.#options.late_window;
    if (late === undefined || this.#floor === undefined) return late ?? this.#floor;
    return Math.max(late, this.#floor);
  }

  position(): string {
    const position: ElasticsearchPosition = {
      ...(this.#floor === undefined ? {} : { floor: this.#floor }),
      ...(this.#newest === undefined ? {} : { newest: this.#newest }),
      seen: this.#seen.toJSON(),
    };
    return JSON.stringify(position);
  }

  /**
   * Hands on one page, read at `now`. A document from the future (a clock that is wrong) moves the window no further than
   * to now: else all that comes with the right time would be late.
   */
  async hand(page: readonly Document[], now: number): Promise<void> {
    const fresh = page.filter(({ t, index, id }) => this.#seen.add(t, documentKey(index, id)));
    for (const { t } of fresh) this.#newest = Math.max(this.#newest ?? t, Math.min(t, now));
    this.#narrow();
    if (fresh.length === 0) return;
    this.handed += fresh.length;
    const records = fresh.flatMap(each => this.#recordOf(each));
    await this.#sink.take({ records, position: this.position() });
  }

  #recordOf({ source, t, index, id }: Document): readonly LogRecord[] {
    if (source !== undefined) return [{ text: '', fields: source, t, labels: this.#labels }];
    this.#sink.refuse(
      'too_long',
      1,
      `the document ${index}/${id} is too large to be read, or has no _source`,
    );
    return [];
  }

  /** Forgets what the next view will not show, and what is more than may be remembered. */
  #narrow(): void {
    const since = this.since();
    if (since !== undefined) this.#seen.forget(since);
    const floor = this.#seen.bound();
    if (floor === undefined) return;
    this.#floor = Math.max(this.#floor ?? floor, floor);
    const from = new Date(floor).toISOString();
    const what = `more than late_documents (${this.#options.late_documents}) in the late window: what arrives now with a time before ${from} is not read`;
    this.#sink.refuse('late', 0, what);
  }

  lag(now: number): LogLag {
    return this.#newest === undefined ? {} : { ms: Math.max(0, now - this.#newest) };
  }
}
