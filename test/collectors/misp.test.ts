import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { misp } from '../../collectors/misp.ts';
import { readAttribute } from '../../collectors/misp-attribute.ts';
import { type Answer, type Asked, createFeedServer, type FeedServer, idsOf, pollAll } from './feed-server.ts';

/*
 * MISP is no package that a test could install. What stands here answers as its documented REST API does:
 * https://www.misp-project.org/openapi/#tag/Attributes/operation/restSearchAttributes
 */
const now = Date.parse('2026-11-30T12:00:00Z') / 1000;
const bodySchema = z.object({
  page: z.number(),
  limit: z.number(),
  timestamp: z.number().optional(),
  to_ids: z.number().optional(),
  type: z.array(z.string()),
});

const attribute = (n: number, more: object = {}) => ({
  id: String(n),
  event_id: '7',
  uuid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  type: 'ip-dst',
  category: 'Network activity',
  to_ids: true,
  deleted: false,
  timestamp: String(now - 1000 + n),
  value: `198.51.100.${n}`,
  ...more,
});
type Attribute = ReturnType<typeof attribute>;

interface MispSetup {
  readonly clock?: number;
  /** What it takes from a page, as it does with what is on a warning list. */
  readonly leavesOut?: (each: Attribute) => boolean;
  /** Before 2.4.196 it did not tell how much that is. */
  readonly isOld?: boolean;
}

function mispOf(
  attributes: readonly Attribute[],
  { clock = now, leavesOut = () => false, isOld = false }: MispSetup = {},
) {
  return ({ path: where, body, headers }: Asked): Answer => {
    if (headers.authorization !== 'the-key')
      return { status: 403, body: { message: 'Authentication failed' } };
    const { page, limit, timestamp = 0, to_ids: only } = bodySchema.parse(JSON.parse(body));
    const all = attributes.filter(each => Number(each.timestamp) >= timestamp && (only !== 1 || each.to_ids));
    const cut = all.slice((page - 1) * limit, page * limit);
    const answered = cut.filter(each => !leavesOut(each));
    const skipped = { 'X-Skipped-Elements-Count': String(cut.length - answered.length) };
    return where !== '/attributes/restSearch'
      ? { status: 404, body: '' }
      : {
          headers: { date: new Date(clock * 1000).toUTCString(), ...(isOld ? {} : skipped) },
          body: { response: { Attribute: answered } },
        };
  };
}

describe('reading a MISP', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-'));
  const key_file = path.join(folder, 'key');
  let server: FeedServer | undefined;
  beforeAll(() => writeFileSync(key_file, 'the-key\n'));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function read(
    answer: (asked: Asked) => Answer | undefined,
    given: Partial<z.input<typeof misp.options>> = {},
    from?: string,
  ) {
    await server?.close();
    server = await createFeedServer(answer);
    return pollAll(misp.create(misp.options.parse({ url: server.url, key_file, ...given }), undefined), from);
  }
  const five = [1, 2, 3, 4, 5].map(n => attribute(n));

  it('reads all pages, and from the position of any page on what is left', async () => {
    const { pages, failure } = await read(mispOf(five), { page_size: 2 });
    expect([failure, idsOf(pages).length, pages.length]).toEqual([undefined, 5, 3]);
    for (const [k, { position }] of pages.entries()) {
      const rest = await read(mispOf(five), { page_size: 2 }, position);
      expect(idsOf(rest.pages)).toEqual(expect.arrayContaining([...idsOf(pages.slice(k + 1))]));
    }
  });

  it.each([
    ['tells how much it left out', false],
    ['does not tell, being older than 2.4.196', true],
  ])('goes on behind a page of which a MISP left something out that %s', async (_, isOld) => {
    const leavesOut = ({ id }: Attribute) => id === '1' || id === '4';
    const { pages, failure } = await read(mispOf(five, { leavesOut, isOld }), { page_size: 2 });
    const kept = five.filter(each => !leavesOut(each)).map(({ uuid }) => uuid);
    expect([failure, idsOf(pages)]).toEqual([undefined, kept]);
  });

  it('goes on in the small pages in which it read before it was stopped', async () => {
    const many = Array.from({ length: 40 }, (_, n) => attribute(n));
    const all = many.map(({ uuid }) => uuid);
    const first = await read(mispOf(many), { page_size: 20, max_page_bytes: 2048 });
    for (const [k, { position }] of first.pages.entries()) {
      const { pages } = await read(mispOf(many), { page_size: 20 }, position);
      const seen = new Set([...idsOf(first.pages.slice(0, k + 1)), ...idsOf(pages)]);
      expect([...seen].sort()).toEqual(all);
    }
  });

  it('begins a page anew whose size an older version did not store', async () => {
    const position = JSON.stringify({ since: 0, newest: now, page: 2, wholeAt: now });
    expect(idsOf((await read(mispOf(five), { page_size: 2 }, position)).pages)).toHaveLength(5);
  });

  it('asks for what was modified since, and sees what was withdrawn', async () => {
    const { pages } = await read(mispOf(five), { overlap: '0s' });
    const changed = [
      ...five.slice(0, 3),
      attribute(4, { to_ids: false, timestamp: String(now) }),
      attribute(5, { deleted: true, timestamp: String(now) }),
      attribute(6, { timestamp: String(now) }),
    ];
    const more = await read(mispOf(changed), { overlap: '0s' }, pages.at(-1)?.position);
    const seen = more.pages.flatMap(({ updates }) => updates);
    expect(seen.map(({ id, revoked }) => [Number(id.slice(-3)), revoked])).toEqual([
      [4, true],
      [5, true],
      [6, false],
    ]);
  });

  it('reads all of it again once a day, as others hand on late what is old', async () => {
    const first = await read(mispOf(five));
    const old = [attribute(9, { timestamp: '1000' }), ...five];
    const soon = await read(mispOf(old, { clock: now + 3600 }), {}, first.pages.at(-1)?.position);
    const due = await read(mispOf(old, { clock: now + 90_000 }), {}, soon.pages.at(-1)?.position);
    const whole = await read(mispOf(old, { clock: now + 90_100 }), {}, due.pages.at(-1)?.position);
    expect(idsOf(soon.pages)).not.toContain(old[0]?.uuid);
    expect(idsOf(whole.pages)).toContain(old[0]?.uuid);
  });

  it('asks for less where a page is too long', async () => {
    const many = Array.from({ length: 40 }, (_, n) => attribute(n));
    const { pages, failure } = await read(mispOf(many), { page_size: 20, max_page_bytes: 2048 });
    expect([failure, new Set(idsOf(pages)).size]).toEqual([undefined, 40]);
  });

  it.each<[string, (asked: Asked) => Answer | undefined, RegExp]>([
    ['broken JSON', () => ({ body: '{' }), /is not JSON/],
    ['another shape', () => ({ body: { response: 7 } }), /no list "Attribute"/],
    [
      'a page again and again',
      () => ({ body: { response: { Attribute: five.slice(0, 2) } } }),
      /the same page again/,
    ],
    ['405', () => ({ status: 405, body: '' }), /answered 405: may the user of our key search/],
    ['nothing', () => undefined, /no answer within 200 ms/],
  ])('says so where it gets %s', async (_, answer, words) => {
    expect((await read(answer, { timeout: '200ms', page_size: 2 })).failure).toMatch(words);
  });

  it('never shows the key', async () => {
    writeFileSync(path.join(folder, 'wrong'), 'a-wrong-key');
    const { failure } = await read(mispOf(five), { key_file: path.join(folder, 'wrong') });
    expect(failure).toMatch(/answered 403: may our key be used/);
    expect(failure).not.toContain('a-wrong-key');
  });
});

describe('an attribute of MISP', () => {
  it.each([
    [{ type: 'domain|ip', value: 'a.example|198.51.100.7' }, ['domain a.example']],
    [{ type: 'ip-dst|port', value: '2001:db8::7|443' }, ['ipv6 2001:db8::7']],
    [
      { type: 'filename|md5', value: 'a.exe|d41d8cd98f00b204e9800998ecf8427e' },
      ['hash d41d8cd98f00b204e9800998ecf8427e'],
    ],
    [{ type: 'url', value: 'http://a.example/?x=1|2' }, ['url http://a.example/?x=1|2']],
    [{ type: 'ip-src', value: '198.51.100.0/24' }, ['ipv4 198.51.100.0/24']],
    [{ type: 'comment', value: 'x' }, []],
  ])('%o', (more, values) => {
    const { update } = readAttribute(attribute(1, more));
    expect(update?.values.map(({ type, value }) => `${type} ${value}`)).toEqual(values);
  });

  it('has the confidence that its tag says, and is refused where it is none', () => {
    const Tag = [{ name: 'tlp:red' }, { name: 'misp:confidence-level="usually-confident"' }];
    expect(readAttribute(attribute(1, { Tag })).update?.confidence).toBe(75);
    for (const broken of [null, {}, attribute(1, { timestamp: 'soon' }), attribute(1, { value: 7 })])
      expect(readAttribute(broken).refused?.reason).toBe('invalid_object');
  });
});
