import { z } from 'zod';
import type { ElasticsearchClient, RequestOptions } from '../clients/elasticsearch.ts';
import { ElasticsearchFailure } from '../clients/elasticsearch-failure.ts';
import { SourceError } from '../core/series.ts';

/** One document in order of time; `source` undefined where it was too large to be had, or is not kept. */
export interface Document {
  readonly index: string;
  readonly id: string;
  readonly t: number;
  readonly source: Readonly<Record<string, unknown>> | undefined;
}

/** What is looked for: documents from `since` on (ms, undefined = all that have a time). */
export interface SnapshotQuery {
  readonly index: string;
  readonly field: string;
  readonly pageSize: number;
  readonly since: number | undefined;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
}

const keepAlive = '1m';

const sortSchema = z.tuple([z.number(), z.number()]);

type Sort = z.output<typeof sortSchema>;

/**
 * One view of an index pattern (a point in time), read page by page by time and then by the order of the shards. Its id
 * may change with each answer: the newest one is used. Rejects with a SourceError, then it is of no more use.
 */
export class Snapshot {
  readonly #client: ElasticsearchClient;
  readonly #query: SnapshotQuery;
  readonly #signal: AbortSignal;
  #id: string | undefined;
  #after: Sort | undefined;
  #size: number;

  constructor(client: ElasticsearchClient, query: SnapshotQuery, signal: AbortSignal) {
    this.#client = client;
    this.#query = query;
    this.#signal = signal;
    this.#size = query.pageSize;
  }

  /** The next documents; an empty page is the end. */
  async page(): Promise<readonly Document[]> {
    this.#id ??= await this.#open();
    for (;;) {
      try {
        return await this.#search(this.#size, true);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        if (this.#size === 1) return await this.#search(1, false);
        this.#size = Math.ceil(this.#size / 4);
      }
    }
  }

  /** True when the server has dropped the view, because too much time went by between two pages. */
  static expired(error: unknown): boolean {
    return error instanceof ElasticsearchFailure && error.type === 'search_context_missing_exception';
  }

  async close(): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    // A view that is not closed ends by itself.
    await this.#client.ask((client, options) => client.closePointInTime({ id }, options)).catch(() => {});
  }

  async #open(): Promise<string> {
    const { index } = this.#query;
    const opened = await this.#client.ask(
      (client, options) => client.openPointInTime({ index, keep_alive: keepAlive }, options),
      this.#signal,
    );
    return opened.id;
  }

  async #search(size: number, whole: boolean): Promise<readonly Document[]> {
    const answer = await this.#client.ask(
      (client, options: RequestOptions) =>
        client.search<Record<string, unknown>>(this.#request(size, whole), options),
      this.#signal,
    );
    if (answer._shards.total === 0)
      throw new SourceError(`no index matches "${this.#query.index}" (yet)`, { retryable: true });
    this.#id = answer.pit_id ?? this.#id;
    const documents = answer.hits.hits.map(hit => {
      this.#after = sortSchema.parse(hit.sort);
      return { index: hit._index, id: hit._id ?? '', t: this.#after[0], source: hit._source };
    });
    return documents;
  }

  #request(size: number, whole: boolean) {
    const { field, since, filter } = this.#query;
    const time =
      since === undefined
        ? { exists: { field } }
        : { range: { [field]: { gte: since, format: 'epoch_millis' } } };
    return {
      size,
      _source: whole,
      pit: { id: this.#id ?? '', keep_alive: keepAlive },
      query: { bool: { filter: filter === undefined ? [time] : [time, filter] } },
      sort: [
        { [field]: { order: 'asc' as const, numeric_type: 'date' as const, unmapped_type: 'date' as const } },
        { _shard_doc: { order: 'asc' as const } },
      ],
      track_total_hits: false,
      // An answer without what a broken shard holds would be taken for all that there is.
      allow_partial_search_results: false,
      ...(this.#after === undefined ? {} : { search_after: this.#after }),
    };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ElasticsearchFailure && error.type === 'answer_too_large';
}
