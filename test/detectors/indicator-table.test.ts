import { describe, expect, it } from 'vitest';
import type { IndicatorType, IndicatorUpdate } from '../../core/indicator.ts';
import { scanIndicators } from '../../detectors/indicator-scan.ts';
import { IndicatorTable, type IndicatorTableOptions } from '../../detectors/indicator-table.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const day = 86_400_000;
const tableOf = (more: Partial<IndicatorTableOptions> = {}) =>
  new IndicatorTable({ most: 1000, maxAge: 90 * day, confidence: 50, ...more });
const update = (id: string, value: string, more: Partial<IndicatorUpdate> = {}): IndicatorUpdate => ({
  id,
  modified: now - day,
  revoked: false,
  from: now - day,
  until: undefined,
  confidence: undefined,
  labels: [],
  values: [{ type: 'domain', value }],
  ...more,
});
const has = (table: IndicatorTable, value: string, t = now, type: IndicatorType = 'domain') =>
  table.find(type, value, t) !== undefined;

describe('a table of indicators', () => {
  it('finds what is fresh at the time of the line, with a little room for clocks that differ', () => {
    const table = tableOf();
    table.apply(update('1', 'a.example', { until: now + day, confidence: 85 }), now);
    expect(table.find('domain', 'a.example', now)).toEqual({ type: 'domain', confidence: 85 });
    expect(has(table, 'a.example', now - day - 60_000)).toBe(true);
    expect(has(table, 'a.example', now - 2 * day)).toBe(false);
    expect(has(table, 'a.example', now + day)).toBe(false);
    expect(has(table, 'b.example')).toBe(false);
    expect(has(table, 'a.example', now, 'url')).toBe(false);
  });

  it('takes a newer version instead of the older one, in whatever order and however often they come', () => {
    const older = update('1', 'old.example');
    const newer = update('1', 'new.example', { modified: now });
    for (const order of [
      [older, newer, newer],
      [newer, older, newer],
    ]) {
      const table = tableOf();
      expect(
        order.map(each => table.apply(each, now).applied).filter(each => each === 'known').length,
      ).toBeGreaterThan(0);
      expect([has(table, 'old.example'), has(table, 'new.example')]).toEqual([false, true]);
      expect(table.count('domain')).toBe(1);
    }
  });

  it('forgets what is revoked, also when its older version comes again', () => {
    const table = tableOf();
    table.apply(update('1', 'a.example'), now);
    const revoked = update('1', '', { modified: now, revoked: true, values: [] });
    expect(table.apply(revoked, now).applied).toBe('revoked');
    expect(table.apply(update('1', 'a.example'), now).applied).toBe('known');
    expect(has(table, 'a.example')).toBe(false);
  });

  it('keeps a value that another indicator names too', () => {
    const table = tableOf();
    table.apply(update('1', 'a.example', { confidence: 20 }), now);
    table.apply(update('2', 'A.Example.', { confidence: 90 }), now);
    expect(table.find('domain', 'a.example', now)?.confidence).toBe(90);
    table.apply(update('2', '', { modified: now, revoked: true, values: [] }), now);
    expect(table.find('domain', 'a.example', now)?.confidence).toBe(20);
  });

  it('lets expired indicators leave, and does not take those of the past', () => {
    const table = tableOf();
    table.apply(update('1', 'a.example', { until: now + 1000 }), now);
    expect([...table.expire(now + 2000)]).toEqual([['domain', 1]]);
    expect([...table.expire(now + 2000)]).toEqual([]);
    expect(table.size).toBe(0);
    expect(table.apply(update('2', 'b.example', { until: now - 1 }), now).applied).toBe('expired');
    expect(table.apply(update('3', 'no domain'), now).applied).toBe('invalid');
    expect(table.size).toBe(0);
  });

  it('lets the oldest leave when there are too many, and counts them', () => {
    const table = tableOf({ most: 1000 });
    for (let k = 0; k < 5000; k++) table.apply(update(`${k}`, `a${k}.example`), now);
    expect(table.size).toBeLessThanOrEqual(1000);
    expect(table.size + table.evicted).toBe(5000);
    expect([has(table, 'a4999.example'), has(table, 'a3999.example')]).toEqual([true, false]);
  });

  it('is put back from the rows that came of it, in pieces or as a whole', () => {
    const [table, inPieces, whole] = [tableOf(), tableOf(), tableOf()];
    const random = mulberry(7);
    for (let k = 0; k < 3000; k++) {
      const id = `${Math.floor(random() * 500)}`;
      const modified = now - Math.floor(random() * 1000);
      const { rows } = table.apply(
        update(id, `h${Math.floor(random() * 300)}.example`, { modified, revoked: random() < 0.2 }),
        now,
      );
      inPieces.restore(rows);
    }
    whole.restore(table.toRows());
    for (let k = 0; k < 300; k++) {
      const found = has(table, `h${k}.example`);
      expect([has(inPieces, `h${k}.example`), has(whole, `h${k}.example`)]).toEqual([found, found]);
    }
    expect([inPieces.size, whole.size]).toEqual([table.size, table.size]);
    expect(() => whole.restore(new Float64Array(3))).toThrow(RangeError);
  });
});

function mulberry(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('what a line may name', () => {
  const found = (text: string, bits: { ipv4?: number[]; ipv6?: number[] } = {}) => {
    const all: string[] = [];
    scanIndicators(text, {
      prefixes: type => bits[type] ?? [],
      found: (type, value) => all.push(`${type} ${value}`),
    });
    return all;
  };
  const md5 = 'D41D8CD98F00B204E9800998ECF8427E';

  it.each([
    ['accepted 198.51.100.7:443 from', ['ipv4 198.51.100.7']],
    ['src="198.51.100.7", version 1.2.3.4.5 and 300.1.1.1.', ['ipv4 198.51.100.7']],
    ['DNS Cdn.Evil.Example. A', ['domain cdn.evil.example', 'domain evil.example']],
    [
      'at com.shop.Cart.pay(Cart.java:12)',
      ['domain com.shop.cart.pay', 'domain shop.cart.pay', 'domain cart.pay', 'domain cart.java'],
    ],
    [`md5=${md5} len`, [`hash ${md5.toLowerCase()}`]],
    ['from=<Bad.Guy@Evil.Example>', ['email bad.guy@evil.example', 'domain evil.example']],
    ['peer [2001:db8::7]:443', ['ipv6 2001:db8:0:0:0:0:0:7']],
    ['peer 2001:DB8:0:0:0:0:0:7 left', ['ipv6 2001:db8:0:0:0:0:0:7']],
    ['from ::ffff:198.51.100.7: x', ['ipv6 0:0:0:0:0:ffff:c633:6407']],
    ['at 10:04:05 std::vector ::', []],
    ['no a..b -.- ... @ :// http:// x', []],
  ])('%s', (text, values) => {
    expect(found(text)).toEqual(values);
  });

  it('finds URLs in their one form, with the query and without, and their hosts', () => {
    expect(found('GET "HTTP://Evil.Example:80/a/b?q=1#x".')).toEqual([
      'url http://evil.example/a/b?q=1',
      'url http://evil.example/a/b',
      'domain evil.example',
    ]);
    expect(found('see https://198.51.100.7:8443/x, now')).toEqual([
      'url https://198.51.100.7:8443/x',
      'ipv4 198.51.100.7',
    ]);
  });

  it('finds the networks that an address is in', () => {
    expect(found('198.51.100.7', { ipv4: [24, 16] })).toEqual([
      'ipv4 198.51.100.7',
      'ipv4 198.51.100.0/24',
      'ipv4 198.51.0.0/16',
    ]);
    expect(found('2001:db8:1:2::7', { ipv6: [48] })).toContain('ipv6 2001:db8:1:0:0:0:0:0/48');
  });

  it('takes time that grows with the length of a line alone, whatever it holds', () => {
    const pieces = ['a.', 'a@', '://', 'f:', '::', '1.', 'http://a.b/', '[', '%', '.'];
    for (const piece of pieces) expect(() => found(piece.repeat(20_000))).not.toThrow();
  });
});
