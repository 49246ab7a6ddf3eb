import { z } from 'zod';
import type { HttpClient } from '../core/http-client.ts';
import type { FeedCollector, FeedPage } from '../core/indicator.ts';
import { SourceError } from '../core/series.ts';
import { exchangeText, type TextAnswer, TooLong } from './get-text.ts';
import { createHttpClient } from './http-client.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { readStixObject } from './stix-indicator.ts';
import { readStoredPosition } from './stored-position.ts';
import type { TaxiiOptions } from './taxii.ts';
import { afterPages, microsOf, timeOfMicros, withinPages } from './taxii-time.ts';

const mediaType = 'application/taxii+json';
const hints = {
  401: 'does it know our user or token (basic_auth, authorization)?',
  403: 'may our user or certificate read this?',
  404: 'is the url that of an API root or of the discovery?',
  406: 'does it speak TAXII 2.1?',
};
/** A poll ends after so many pages; the next one goes on. */
const mostPages = 100_000;

const discovery = z.object({ api_roots: z.array(z.string()).min(1), default: z.string().optional() });
const collectionList = z.object({
  collections: z
    .array(
      z.object({
        id: z.string(),
        title: z.string().optional(),
        alias: z.string().optional(),
        can_read: z.boolean().default(true),
      }),
    )
    .default([]),
});
const envelope = z.object({
  more: z.boolean().default(false),
  next: z.union([z.string(), z.number()]).transform(String).optional(),
  objects: z.array(z.unknown()).default([]),
});
type Envelope = z.output<typeof envelope>;
const position = z.strictObject({ after: z.record(z.string(), z.string()) });

/** Where reading of one collection stands. */
interface Reading {
  readonly where: URL;
  after: bigint | undefined;
  next: string | undefined;
  limit: number;
  /** The first object of the last page: the same again is no progress. */
  first: string | undefined;
}

const refuse = (url: URL, why: string) =>
  new SourceError(`${url.origin}${url.pathname}: ${why}`, { retryable: false });

/** Reads collections of TAXII 2.1, section 5.4: what was added after the newest that is known, page by page, one collection after the other. */
export class TaxiiCollector implements FeedCollector {
  readonly #options: TaxiiOptions;
  readonly #client: HttpClient;
  readonly #policy: RetryPolicy;

  constructor(options: TaxiiOptions, retry: Partial<RetryPolicy> = {}) {
    this.#options = options;
    this.#client = createHttpClient(options, { connections: 1 });
    this.#policy = { retries: 3, base: 500, random: Math.random, ...retry };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async *poll(from: string | undefined, signal: AbortSignal): AsyncGenerator<FeedPage> {
    const { name } = this.#options;
    const after = { ...(from === undefined ? {} : readStoredPosition(from, position, name).after) };
    const failures: unknown[] = [];
    for (const where of await this.#collections(signal))
      try {
        yield* this.#collection(where, after, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        // One collection that cannot be read must not keep the others from being read.
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }

  async #collections(signal: AbortSignal): Promise<readonly URL[]> {
    const root = await this.#root(signal);
    const list = new URL('collections/', root);
    const { text } = await this.#ask(list, signal);
    const { collections } = this.#read(text, collectionList, list);
    const readable = collections.filter(each => each.can_read);
    const wanted = this.#options.collections;
    const missing = wanted.filter(
      name => !readable.some(({ id, alias, title }) => [id, alias, title].includes(name)),
    );
    if (missing.length > 0 || readable.length === 0) {
      const there = readable.map(({ id, title }) => title ?? id).join(', ') || 'none';
      throw refuse(
        list,
        `no collection ${missing.join(', ')} that we may read; there are: ${there.slice(0, 300)}`,
      );
    }
    const chosen = readable.filter(
      ({ id, alias, title }) => wanted.length === 0 || wanted.some(name => [id, alias, title].includes(name)),
    );
    return chosen.map(({ id }) => new URL(`${encodeURIComponent(id)}/objects/`, list));
  }

  /** The url itself where it is an API root, else the default one of the discovery that it is. */
  async #root(signal: AbortSignal): Promise<URL> {
    const url = new URL(this.#options.url);
    url.pathname = url.pathname.replace(/\/*$/, '/');
    const { text } = await this.#ask(url, signal);
    const read = discovery.safeParse(this.#json(text, url));
    if (!read.success) return url;
    const root = new URL((read.data.default ?? read.data.api_roots[0] ?? '').replace(/\/*$/, '/'), url);
    if (root.origin === url.origin) return root;
    throw refuse(
      url,
      `its API root is at another place, which gets no secret of ours: give ${root.href} as url`,
    );
  }

  async *#collection(
    where: URL,
    known: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<FeedPage> {
    const stored = known[where.href];
    const reading: Reading = {
      where,
      after: stored === undefined ? undefined : microsOf(stored),
      next: undefined,
      limit: this.#options.page_size,
      first: undefined,
    };
    for (let pages = 0; ; pages++) {
      if (pages === mostPages) throw refuse(where, `more than ${mostPages} pages: the next poll goes on`);
      const answer = await this.#page(reading, signal);
      const page = this.#read(answer.text, envelope, where);
      if (clockWasSetBack(reading, answer, this.#options.overlap)) {
        reading.after = undefined;
        reading.next = undefined;
        const what = `the clock of ${where.origin} was set back: the collection is read from its beginning`;
        yield {
          updates: [],
          refused: [{ reason: 'clock_set_back', what }],
          position: JSON.stringify({ after: known }),
        };
        continue;
      }
      advance(reading, page, answer, known, this.#options.overlap);
      yield { ...readObjects(page.objects), position: JSON.stringify({ after: known }) };
      if (!page.more) return;
    }
  }

  /** One page; smaller ones where a page is too long. */
  async #page(reading: Reading, signal: AbortSignal): Promise<TextAnswer> {
    for (;;) {
      const url = new URL(reading.where);
      url.searchParams.set('match[type]', 'indicator');
      url.searchParams.set('limit', String(reading.limit));
      if (reading.after !== undefined) url.searchParams.set('added_after', timeOfMicros(reading.after));
      if (reading.next !== undefined) url.searchParams.set('next', reading.next);
      try {
        return await this.#ask(url, signal);
      } catch (error) {
        if (!(error instanceof TooLong) || reading.limit === 1) throw error;
        reading.limit = Math.ceil(reading.limit / 4);
      }
    }
  }

  async #ask(url: URL, signal: AbortSignal): Promise<TextAnswer> {
    const { timeout, max_page_bytes: longest } = this.#options;
    const headers = { accept: `${mediaType};version=2.1` };
    const request = { client: this.#client, url, timeout, longest, headers, hints };
    const answer = await withRetries(() => exchangeText(request, signal), this.#policy, signal);
    const type = answer.header('content-type') ?? 'nothing';
    if (type.toLowerCase().startsWith(mediaType)) return answer;
    throw refuse(url, `the answer is ${type.slice(0, 80)}, not ${mediaType}: is this a TAXII 2.1 server?`);
  }

  #json(text: string, url: URL): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw refuse(url, 'the answer is not JSON');
    }
  }

  #read<Schema extends z.ZodType>(text: string, schema: Schema, url: URL): z.output<Schema> {
    const read = schema.safeParse(this.#json(text, url));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw refuse(url, `the answer is not as TAXII 2.1 has it: ${issue?.path.join('.')} ${issue?.message}`);
  }
}

/** What was read is newer than the server's now, by more than what is read again anyway. */
function clockWasSetBack({ after, next }: Reading, answer: TextAnswer, overlap: number): boolean {
  const date = Date.parse(answer.header('date') ?? '');
  if (after === undefined || next !== undefined || Number.isNaN(date)) return false;
  // A header tells whole seconds.
  return after > BigInt(date + overlap + 1000) * 1000n;
}

/** Where the next page begins, and what is stored of this one. Throws where a server would let us read for ever. */
function advance(
  reading: Reading,
  { more, next, objects }: Envelope,
  answer: TextAnswer,
  known: Record<string, string>,
  overlap: number,
): void {
  const date = Date.parse(answer.header('date') ?? '');
  const last = microsOf(answer.header('x-taxii-date-added-last') ?? '');
  const times = { after: reading.after, last, date: Number.isNaN(date) ? undefined : BigInt(date) * 1000n };
  const reached = more ? withinPages(times) : afterPages(times, BigInt(overlap) * 1000n);
  if (more) {
    const first = JSON.stringify(objects[0] ?? null).slice(0, 1000);
    // A server may give the same token for page after page.
    const isSame = first === reading.first;
    const isStuck = next === undefined && (last === undefined || last === reading.after);
    if (objects.length === 0 || isSame || isStuck)
      throw refuse(reading.where, 'it says that there is more, and gives the same or nothing');
    reading.first = first;
    reading.next = next;
    if (next === undefined) reading.after = last;
  }
  if (reached !== undefined) known[reading.where.href] = timeOfMicros(reached);
}

function readObjects(objects: readonly unknown[]): Pick<FeedPage, 'updates' | 'refused'> {
  const read = objects.map(readStixObject);
  return {
    updates: read.flatMap(({ update }) => update ?? []),
    refused: read.flatMap(({ refused }) => refused ?? []),
  };
}
