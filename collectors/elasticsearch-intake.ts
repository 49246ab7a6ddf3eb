import type { Labels } from '../core/labels.ts';
import type { LogLag, LogRecord, LogSink } from '../core/log.ts';
import type { ElasticsearchOptions } from './elasticsearch.ts';
import { documentKey, type ElasticsearchPosition, SeenDocuments, second } from './elasticsearch-position.ts';
import type { Document, Snapshot, TimeRange } from './elasticsearch-snapshot.ts';

/** A late window is looked at in so many stretches at most; a server counts no more than 65,536 at once. */
const mostStretches = 10_000;

/** Turns pages into batches for the sink, without the documents that were handed on before. */
export class ElasticsearchIntake {
  readonly #options: ElasticsearchOptions;
  readonly #sink: LogSink;
  readonly #labels: Labels;
  readonly #seen: SeenDocuments;
  /** Documents that were handed on since the start. */
  handed = 0;
  /** Known documents that a view of the whole window has not shown yet. */
  #unshown: Map<string, number> | undefined;
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

  /** Where the late window begins, at a whole second; what is older has been read, or is too late. */
  #since(): number | undefined {
    const floor = this.#floor;
    if (this.#newest === undefined) return floor;
    const late = Math.floor((this.#newest - this.#options.late_window) / second) * second;
    return floor === undefined ? late : Math.max(late, floor);
  }

  /**
   * All that a view holds within the late window and after it: what was read of it is known by name. When all of it was handed
   * on, `shown` is to be called.
   */
  window(): readonly TimeRange[] {
    this.#unshown = this.#seen.names();
    return [{ from: this.#since(), to: undefined }];
  }

  /** What the whole window did not show is no longer there: the counts of its seconds must not be compared with it. */
  shown(): void {
    if (this.#unshown !== undefined) this.#seen.drop(this.#unshown);
    this.#unshown = undefined;
  }

  /**
   * What a view holds that may be new: the stretches of the late window that hold another number of documents than were
   * read of them, and all that comes after.
   */
  async news(snapshot: Snapshot): Promise<readonly TimeRange[]> {
    const since = this.#since();
    if (since === undefined || this.#newest === undefined) return this.window();
    const to = (Math.floor(this.#newest / second) + 1) * second;
    const stretch = Math.max(1, Math.ceil((to - since) / second / mostStretches));
    const counts = await snapshot.counts({ from: since, to }, stretch);
    const changed = [...counts].filter(
      ([at, count]) => this.#seen.count(at, at + stretch * second) !== count,
    );
    const late = changed.map(([at]) => {
      return { from: Math.max(at, since), to: Math.min(at + stretch * second, to) };
    });
    return [...late, { from: Math.max(to, since), to: undefined }];
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
    const fresh = page.filter(({ t, index, id }) => {
      const key = documentKey(index, id);
      this.#unshown?.delete(key);
      return this.#seen.add(t, key);
    });
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
    const since = this.#since();
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
