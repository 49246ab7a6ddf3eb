import { z } from 'zod';
import { secretFile } from '../clients/credentials.ts';
import type { Component } from '../core/component.ts';
import { httpAccess, httpUrl } from '../core/http-access.ts';
import type { HttpClient } from '../core/http-client.ts';
import type { FeedCollector, FeedPage } from '../core/indicator.ts';
import { SourceError } from '../core/series.ts';
import { durationOption } from './duration-option.ts';
import { exchangeText, type TextAnswer, TooLong } from './get-text.ts';
import { createHttpClient } from './http-client.ts';
import { mispTypes, readAttribute } from './misp-attribute.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { readStoredPosition } from './stored-position.ts';

const options = z.strictObject({
  name: z.string().min(1).default('misp').describe('Name of the feed.'),
  url: httpUrl.describe('Base address of MISP; `/attributes/restSearch` is added.'),
  key_file: z.string().min(1).describe('File that holds the API key of a user, read anew for each request.'),
  tls_config: httpAccess.tls_config,
  headers: httpAccess.headers,
  tags: z
    .array(z.string().min(1))
    .default([])
    .describe('Only attributes with one of these tags; a tag that begins with `!` leaves out.'),
  enforce_warninglist: z
    .boolean()
    .default(true)
    .describe('Leave out what is on a warning list of MISP, such as the addresses of public resolvers.'),
  timeout: durationOption('1m', 100).describe('Longest time of one request.'),
  page_size: z.int().min(1).max(100_000).default(1000).describe('Attributes of one answer.'),
  max_page_bytes: z
    .int()
    .min(1024)
    .default(32 << 20)
    .describe('Largest answer: of a larger one fewer attributes are asked for.'),
  overlap: durationOption('5m', 0).describe('So much of what was modified last is read again at each poll.'),
  read_again: durationOption('1d', 60_000).describe(
    'How often all is read anew: what another MISP hands on late keeps its old time.',
  ),
});
type MispOptions = z.output<typeof options>;

const answerSchema = z.object({
  response: z.union([
    z.object({ Attribute: z.array(z.unknown()).default([]) }),
    z.array(z.unknown()).length(0),
  ]),
});
/**
 * Times in seconds, as MISP has them: from when on this reading asks, the newest it has seen, and when all was begun to be read last.
 * Pages count by `limit`; 0 where that is not known.
 */
const positionSchema = z.strictObject({
  since: z.number(),
  newest: z.number(),
  page: z.number(),
  limit: z.number().default(0),
  wholeAt: z.number(),
});
type Position = z.output<typeof positionSchema>;

/** Where one poll stands. */
interface Reading {
  position: Position;
  /** The first attribute of the last page: the same again is no progress. */
  first: string;
}

const hints = {
  401: 'does it know our key (key_file)?',
  403: 'may our key be used, and from here?',
  404: 'is the url the base address of MISP?',
  405: 'may the user of our key search by REST?',
};
const mostPages = 100_000;

/** Attributes of MISP by `/attributes/restSearch`, all that was modified since the newest that is known. */
class MispCollector implements FeedCollector {
  readonly #options: MispOptions;
  readonly #client: HttpClient;
  readonly #policy: RetryPolicy = { retries: 3, base: 500, random: Math.random };
  readonly #where: URL;

  constructor(options: MispOptions) {
    this.#options = options;
    this.#client = createHttpClient(options, { connections: 1 });
    this.#where = new URL(`${options.url.replace(/\/+$/, '')}/attributes/restSearch`);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async *poll(from: string | undefined, signal: AbortSignal): AsyncGenerator<FeedPage> {
    const reading: Reading = { position: this.#begun(from), first: '' };
    for (let pages = 0; pages < mostPages; pages++) {
      const answer = await this.#page(reading, signal);
      const attributes = this.#read(answer.text);
      const first = JSON.stringify(attributes[0] ?? null).slice(0, 1000);
      if (attributes.length > 0 && first === reading.first)
        throw this.#refuse('it answers the same page again');
      reading.first = first;
      const read = attributes.map(readAttribute);
      const updates = read.flatMap(({ update }) => update ?? []);
      const isLast = isLastPage(attributes.length, reading.position.limit, answer);
      reading.position = this.#next(reading.position, { updates, isLast, date: dateOf(answer) });
      const refused = read.flatMap(each => each.refused ?? []);
      yield { updates, refused, position: JSON.stringify(reading.position) };
      if (isLast) return;
    }
    throw this.#refuse(`more than ${mostPages} pages: the next poll goes on`);
  }

  /** Where reading begins, or goes on: in pages of the size that they had. */
  #begun(from: string | undefined): Position {
    const { name, page_size: limit } = this.#options;
    if (from === undefined) return { since: 0, newest: 0, page: 1, limit, wholeAt: 0 };
    const stored = readStoredPosition(from, positionSchema, name);
    return stored.page > 1 && stored.limit >= 1 ? stored : { ...stored, page: 1, limit };
  }

  /** One page; smaller ones from here on where a page is too long. */
  async #page(reading: Reading, signal: AbortSignal): Promise<TextAnswer> {
    for (;;) {
      const { position } = reading;
      try {
        return await this.#ask(position, signal);
      } catch (error) {
        if (!(error instanceof TooLong) || position.limit === 1) throw error;
        const limit = Math.ceil(position.limit / 4);
        const page = Math.floor(((position.page - 1) * position.limit) / limit) + 1;
        reading.position = { ...position, page, limit };
      }
    }
  }

  #next(
    position: Position,
    {
      updates,
      isLast,
      date,
    }: Pick<FeedPage, 'updates'> & { readonly isLast: boolean; readonly date: number | undefined },
  ): Position {
    const newest = updates.reduce((most, { modified }) => Math.max(most, modified / 1000), position.newest);
    const whole = position.since === 0 && position.page === 1 ? (date ?? newest) : position.wholeAt;
    if (!isLast) return { ...position, newest, page: position.page + 1, wholeAt: whole };
    const { overlap, read_again: again, page_size: limit } = this.#options;
    // A time in the future, of a clock that is wrong, must not hide what is modified until then.
    const reached = Math.min(newest, date ?? newest) - overlap / 1000;
    const isDue = date !== undefined && date - whole >= again / 1000;
    const since = isDue ? 0 : Math.max(1, Math.floor(reached));
    return { since, newest: 0, page: 1, limit, wholeAt: whole };
  }

  async #ask({ since, page, limit }: Position, signal: AbortSignal): Promise<TextAnswer> {
    const { timeout, max_page_bytes: longest, tags, key_file: file } = this.#options;
    const body = JSON.stringify({
      returnFormat: 'json',
      page,
      limit,
      type: mispTypes,
      enforceWarninglist: this.#options.enforce_warninglist,
      ...(tags.length > 0 ? { tags } : {}),
      // What was withdrawn since is wanted too; of what was never here it is not.
      ...(since > 0 ? { timestamp: since, deleted: [0, 1] } : { to_ids: 1 }),
    });
    const attempt = async () => {
      const headers = { authorization: (await secretFile(file)) ?? '', 'content-type': 'application/json' };
      return exchangeText(
        { client: this.#client, url: this.#where, timeout, longest, headers, body, hints },
        signal,
      );
    };
    return withRetries(attempt, this.#policy, signal);
  }

  #read(text: string): readonly unknown[] {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw this.#refuse('the answer is not JSON: is this the base address of MISP?');
    }
    const read = answerSchema.safeParse(json);
    if (!read.success) throw this.#refuse('the answer holds no list "Attribute" under "response"');
    const { response } = read.data;
    return 'Attribute' in response ? response.Attribute : [];
  }

  #refuse(why: string): SourceError {
    return new SourceError(`${this.#where.origin}${this.#where.pathname}: ${why}`, { retryable: false });
  }
}

/**
 * MISP takes what it leaves out (warning lists, proposals) from a page after it has cut it, and tells how much that was since
 * 2.4.196; before, only an empty page is the last one for sure.
 */
function isLastPage(count: number, limit: number, answer: TextAnswer): boolean {
  const told = answer.header('x-skipped-elements-count')?.trim() ?? '';
  return /^\d+$/.test(told) ? count + Number(told) < limit : count === 0;
}

/** The server's own clock, in seconds. */
function dateOf(answer: TextAnswer): number | undefined {
  const ms = Date.parse(answer.header('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** Attributes of MISP that are meant for detection. */
export const misp: Component<typeof options, FeedCollector> = {
  name: 'misp',
  summary: 'Attributes of a MISP that are meant for detection (to_ids), by its REST search.',
  options,
  create: settings => new MispCollector(settings),
};
