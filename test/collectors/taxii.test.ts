import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { taxii } from '../../collectors/taxii.ts';
import { type Answer, type Asked, createFeedServer, type FeedServer, idsOf, pollAll } from './feed-server.ts';

const type = { 'content-type': 'application/taxii+json;version=2.1' };
const now = Date.parse('2026-11-30T12:00:00Z');
const at = (ms: number) => new Date(now + ms).toISOString().replace('Z', '000Z');
const indicator = (n: number) => ({
  type: 'indicator',
  id: `indicator--${n}`,
  modified: '2026-11-01T00:00:00Z',
  pattern: `[domain-name:value = 'a${n}.example']`,
  pattern_type: 'stix',
  valid_from: '2026-11-01T00:00:00Z',
});

interface Added {
  readonly at: number;
  readonly object: object;
}

/** A collection as TAXII 2.1 has it, in the order in which objects were added; `next` only where it gives tokens. */
function collectionOf(added: readonly Added[], { most = 2, tokens = true, clock = () => now } = {}) {
  return ({ path, query }: Asked): Answer => {
    if (!path.endsWith('/objects/'))
      return {
        headers: type,
        body: path.endsWith('/collections/') ? { collections: [{ id: 'c' }] } : { title: 'root' },
      };
    const after = Date.parse(query.get('added_after') ?? '1970-01-01T00:00:00Z');
    const all = added.filter(each => now + each.at > after);
    const from = Number(query.get('next') ?? '0');
    const page = all.slice(from, from + Math.min(most, Number(query.get('limit'))));
    const more = from + page.length < all.length;
    const last = page.at(-1);
    return {
      headers: {
        ...type,
        date: new Date(clock()).toUTCString(),
        ...(last === undefined ? {} : { 'x-taxii-date-added-last': at(last.at) }),
      },
      body: {
        objects: page.map(({ object }) => object),
        ...(more ? { more, ...(tokens ? { next: String(from + page.length) } : {}) } : {}),
      },
    };
  };
}

const minute = 60_000;
const added = [1, 2, 3, 4, 5].map(n => ({ at: -10 * minute + n * 1000, object: indicator(n) }));

describe('reading a collection of TAXII 2.1', () => {
  let server: FeedServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function read(
    answer: (asked: Asked) => Answer | undefined,
    given: Partial<z.input<typeof taxii.options>> = {},
    from?: string,
  ) {
    await server?.close();
    server = await createFeedServer(answer);
    const options = taxii.options.parse({ url: `${server.url}/root`, ...given });
    // A position names the address of the collection, which is another one in each test.
    return pollAll(taxii.create(options, undefined), from?.replace(/http:\/\/[^/]+/g, server.url));
  }

  it.each([true, false])('reads all pages in order, with tokens for the next one: %s', async tokens => {
    const { pages, failure } = await read(collectionOf(added, { tokens }));
    expect(failure).toBeUndefined();
    expect(idsOf(pages)).toEqual(added.map((_, n) => `indicator--${n + 1}`));
    expect(server?.asked.at(-1)?.headers.accept).toBe('application/taxii+json;version=2.1');
  });

  it('reads what is left from the position of any page on, and what became visible late', async () => {
    const { pages } = await read(collectionOf(added));
    for (const [k, { position }] of pages.entries()) {
      const rest = idsOf((await read(collectionOf(added), {}, position)).pages);
      expect(rest).toEqual(expect.arrayContaining([...idsOf(pages.slice(k + 1))]));
    }
    const late = [...added, { at: -30_000, object: indicator(6) }];
    const first = await read(collectionOf(late));
    const hidden = [...late, { at: -45_000, object: indicator(7) }].sort((a, b) => a.at - b.at);
    expect(idsOf((await read(collectionOf(hidden), {}, first.pages.at(-1)?.position)).pages)).toContain(
      'indicator--7',
    );
  });

  it('begins anew where the clock of the server was set back', async () => {
    const { pages } = await read(collectionOf(added));
    const behind = { clock: () => now - 60 * minute };
    const again = await read(collectionOf(added, behind), {}, pages.at(-1)?.position);
    expect(again.pages[0]?.refused[0]?.reason).toBe('clock_set_back');
    expect(idsOf(again.pages).length).toBe(5);
  });

  it('asks for less where a page is too long', async () => {
    const answer = collectionOf(added, { most: 5 });
    const { pages, failure } = await read(answer, { max_page_bytes: 1024, page_size: 4 });
    expect([failure, idsOf(pages).length]).toEqual([undefined, 5]);
  });

  it('takes what is good of a page with objects that are none, and says what is wrong with the others', async () => {
    const broken = [null, { type: 'indicator' }, { type: 'malware', id: 'x' }, indicator(1)];
    const { pages } = await read(
      collectionOf(
        broken.map(object => ({ at: 0, object: object ?? {} })),
        { most: 9 },
      ),
    );
    expect(idsOf(pages)).toEqual(['indicator--1']);
    expect(pages[0]?.refused.map(({ reason }) => reason)).toEqual(['invalid_object', 'invalid_object']);
  });

  const failing: readonly [string, (asked: Asked) => Answer | undefined, RegExp][] = [
    ['broken JSON', () => ({ headers: type, body: '{"objects": [' }), /is not JSON/],
    [
      'another type',
      () => ({ headers: { 'content-type': 'text/html' }, body: '<p>' }),
      /is text\/html, not application\/taxii\+json/,
    ],
    [
      'another shape',
      () => ({ headers: type, body: { collections: 7 } }),
      /not as TAXII 2.1 has it: collections/,
    ],
    ['401', () => ({ status: 401, body: '' }), /answered 401: does it know our user or token/],
    ['403', () => ({ status: 403, body: '' }), /answered 403: may our user/],
    ['406', () => ({ status: 406, body: '' }), /answered 406: does it speak TAXII 2.1/],
    ['429 for ever', () => ({ status: 429, headers: { 'retry-after': '0' }, body: '' }), /answered 429/],
    ['500', () => ({ status: 500, body: '' }), /answered 500/],
    ['nothing', () => undefined, /no answer within 200 ms/],
    [
      'a root at another place',
      () => ({ headers: type, body: { api_roots: ['https://evil.example/x/'] } }),
      /gets no secret of ours/,
    ],
    [
      'no collections',
      asked => ({ headers: type, body: asked.path.endsWith('/collections/') ? {} : { title: 'x' } }),
      /no collection {2}that we may read/,
    ],
    [
      'pages without end',
      asked => {
        const answer = collectionOf(added)(asked);
        return asked.path.endsWith('/objects/')
          ? { ...answer, body: { more: true, next: String(Math.random()), objects: [indicator(1)] } }
          : answer;
      },
      /there is more, and gives the same or nothing/,
    ],
  ];
  it.each(failing)('says so where it gets %s', async (_, answer, words) => {
    const { failure } = await read(answer, { timeout: '200ms' });
    expect(failure).toMatch(words);
    expect(failure).toContain(server?.url);
  });

  it('reads the other collections where one cannot be read', async () => {
    const { pages, failure } = await read(asked => {
      if (asked.path.endsWith('/collections/'))
        return {
          headers: type,
          body: { collections: [{ id: 'broken' }, { id: 'c' }, { id: 'no', can_read: false }] },
        };
      return asked.path.includes('broken') ? { status: 500, body: '' } : collectionOf(added)(asked);
    });
    expect([idsOf(pages).length, failure]).toEqual([5, expect.stringContaining('broken')]);
  });
});
