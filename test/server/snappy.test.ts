import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packSnappy, unpackSnappy } from '../../server/snappy.ts';

const most = 1_000_000;
const bytes = (...values: number[]) => Uint8Array.from(values);
/** Bytes in which runs come again, as in series. */
const repetitive = fc
  .tuple(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(), { maxLength: 400 }),
  )
  .map(([words, order]) => Uint8Array.from(order.flatMap(k => [...words[k % words.length]!])));

describe('Snappy', () => {
  it('packs what can be unpacked again', () => {
    const comesBack = (given: Uint8Array): void => {
      expect(unpackSnappy(packSnappy(given), most)).toEqual(given);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), comesBack));
    fc.assert(fc.property(repetitive, comesBack));
    comesBack(Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> 7));
    comesBack(new Uint8Array(200_000));
  });

  it('packs what repeats', () => {
    expect(packSnappy(new Uint8Array(65_536)).length).toBeLessThan(4000);
  });

  it('unpacks every kind of element', () => {
    // A literal, copies with offsets of one, two and four bytes, and a literal whose length has a byte of its own.
    const packed = bytes(
      16,
      0x08,
      97,
      98,
      99,
      0x01,
      3,
      0x06,
      3,
      0,
      0x07,
      1,
      0,
      0,
      0,
      60 << 2,
      4,
      1,
      2,
      3,
      4,
      5,
    );
    const text = new TextDecoder().decode(unpackSnappy(packed, 16).subarray(0, 11));
    expect(text).toBe('abcabcabccc'.slice(0, 11));
  });

  it.each([
    ['nothing', bytes()],
    ['a length without an end', bytes(255, 255, 255, 255, 255, 255)],
    ['a length that is not kept', bytes(5, 0, 97)],
    ['a literal that is cut off', bytes(5, 0x10, 97)],
    ['a literal of minus fifteen bytes', bytes(5, 0xfc, 0xf0, 0xff, 0xff, 0xff, 0, 0, 0, 0)],
    ['a copy of what is not there', bytes(8, 0x00, 97, 0x11, 2)],
    ['a copy with offset 0', bytes(8, 0x00, 97, 0x11, 0)],
    ['more than it says', bytes(1, 0x04, 97, 98)],
  ])('refuses %s', (_, packed) => {
    expect(() => unpackSnappy(packed, most)).toThrow(RangeError);
  });

  it('refuses what unpacks to more than may be', () => {
    expect(() => unpackSnappy(packSnappy(new Uint8Array(1001)), 1000)).toThrow(
      'it unpacks to 1001 bytes, at most 1000 are read',
    );
  });

  it('answers any bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), given => {
        try {
          expect(unpackSnappy(given, most).length).toBeLessThanOrEqual(most);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
