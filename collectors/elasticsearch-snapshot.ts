import { z } from 'zod';
import type { ElasticsearchClient } from '../clients/elasticsearch.ts';
import { ElasticsearchFailure } from '../clients/elasticsearch-failure.ts';
import { SourceError } from '../core/series.ts';

/** One document in order of time; `source` undefined where it was too large to be had, or is not kept. */
export interface Document {
  readonly index: string;
  readonly id: string;
  readonly t: number;
  readonly source: Readonly<Record<string, unknown>> | undefined;
}

/** Times in ms, `from` included and `to` not; undefined = without an end. */
export interface TimeRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What a view shows: documents of an index pattern with a time, of those that a filter finds. */
export interface View {
  readonly index: string;
  readonly field: string;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
  /** Documents of the first answer. */
  readonly pageSize: number;
  /** Documents of one answer at most. */
  readonly most: number;
  /** Bytes of one answer at most. */
  readonly maxBytes: number;
}

const keepAlive = '1m';

const sortSchema = z.tuple([z.number(), z.number()]);
type Sort = z.output<typeof sortSchema>;

const countsSchema = z.object({
  times: z.object({ buckets: z.array(z.object({ key: z.number(), doc_count: z.number() })) }),
});

/**
 * One view of an index pattern (a point in time). Its id may change with each answer: the newest one is used. Opened when
 * it is first asked; rejects with a SourceError, then it is of no more use.
 */
export class Snapshot {
  readonly #client: ElasticsearchClient;
  readonly #view: View;
  readonly #signal: AbortSignal;
  #id: string | undefined;
  #size: number;

  constructor(client: ElasticsearchClient, view: View, signal: AbortSignal) {
    this.#client = client;
    this.#view = view;
    this.#signal = signal;
    this.#size = view.pageSize;
  }

  /** How many documents the last pages held at most: fewer where documents are large. */
  get pageSize(): number {
    return this.#size;
  }

  /** True when the server has dropped the view, because too much time went by between two answers. */
  static expired(error: unknown): boolean {
    return error instanceof ElasticsearchFailure && error.type === 'search_context_missing_exception';
  }

  /** Documents of each stretch of `seconds` seconds, by its beginning in ms; stretches without any are left out. */
  async counts(range: TimeRange, seconds: number): Promise<ReadonlyMap<number, number>> {
    const { field } = this.#view;
    const times = { date_histogram: { field, fixed_interval: `${seconds}s`, min_doc_count: 1 } };
    const answer = await this.#search({ range, size: 0, whole: false, aggs: { times } });
    // Where no index has the field there is nothing to count.
    const counts = countsSchema.safeParse(answer.aggregations);
    const buckets = counts.success ? counts.data.times.buckets : [];
    return new Map(buckets.map(({ key, doc_count }) => [key, doc_count]));
  }

  /** The documents of a range, a page at a time, by time and then by the order of the shards. */
  async *pages(range: TimeRange): AsyncGenerator<readonly Document[]> {
    let after: Sort | undefined;
    for (;;) {
      const page = await this.#page(range, after);
      if (page.length === 0) return;
      after = page.at(-1)!.sort;
      yield page;
      this.#size = Math.min(this.#view.most, Math.ceil(this.#size * 1.25));
    }
  }

  async close(): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    // A view that is not closed ends by itself.
    await this.#client.ask((client, options) => client.closePointInTime({ id }, options)).catch(() => {});
  }

  /** A page that is too large is asked for in smaller ones; of a document that is too large alone there is the name. */
  async #page(range: TimeRange, after: Sort | undefined) {
    for (;;) {
      try {
        return await this.#hits({ range, after, size: this.#size, whole: true });
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        if (this.#size === 1) return await this.#hits({ range, after, size: 1, whole: false });
        this.#size = Math.ceil(this.#size / 4);
      }
    }
  }

  async #hits(request: SearchWords) {
    const answer = await this.#search(request);
    return answer.hits.hits.map(hit => {
      const sort = sortSchema.parse(hit.sort);
      return { index: hit._index, id: hit._id ?? '', t: sort[0], source: hit._source, sort };
    });
  }

  async #open(): Promise<string> {
    const { index } = this.#view;
    const opened = await this.#client.ask(
      (client, options) => client.openPointInTime({ index, keep_alive: keepAlive }, options),
      this.#signal,
    );
    return opened.id;
  }

  async #search(words: SearchWords) {
    const id = this.#id ?? (await this.#open());
    this.#id = id;
    const body = { ...searchBody(this.#view, words), pit: { id, keep_alive: keepAlive } };
    const limit = words.whole ? { maxResponseSize: this.#view.maxBytes } : {};
    const answer = await this.#client.ask(
      (client, options) => client.search<Record<string, unknown>>(body, { ...options, ...limit }),
      this.#signal,
    );
    if (answer._shards.total === 0)
      throw new SourceError(`no index matches "${this.#view.index}" (yet)`, { retryable: true });
    this.#id = answer.pit_id ?? id;
    return answer;
  }
}

interface SearchWords {
  readonly range: TimeRange;
  readonly size: number;
  readonly whole: boolean;
  readonly after?: Sort | undefined;
  readonly aggs?: Readonly<
    Record<string, { date_histogram: { field: string; fixed_interval: string; min_doc_count: number } }>
  >;
}

function searchBody({ field, filter }: View, { range, size, whole, after, aggs }: SearchWords) {
  const { from, to } = range;
  const bounds = { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) };
  const time =
    from === undefined && to === undefined
      ? { exists: { field } }
      : { range: { [field]: { ...bounds, format: 'epoch_millis' } } };
  return {
    size,
    _source: whole,
    query: { bool: { filter: filter === undefined ? [time] : [time, filter] } },
    sort: [
      { [field]: { order: 'asc' as const, numeric_type: 'date' as const, unmapped_type: 'date' as const } },
      { _shard_doc: { order: 'asc' as const } },
    ],
    track_total_hits: false,
    // An answer without what a broken shard holds would be taken for all that there is.
    allow_partial_search_results: false,
    ...(after === undefined ? {} : { search_after: after }),
    ...(aggs === undefined ? {} : { aggs }),
  };
}

/** For us, or for the memory of the server. */
const tooLarge = ['answer_too_large', 'circuit_breaking_exception'];

function isTooLarge(error: unknown): boolean {
  return error instanceof ElasticsearchFailure && tooLarge.includes(error.type);
}
