import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageFramer } from '../../collectors/msgpack-framer.ts';

const most = 1 << 20;
const hex = (messages: readonly Uint8Array[]) => messages.map(each => Buffer.from(each).toString('hex'));

/** Messages of a framer that is fed the bytes cut at the given places. */
function frames(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const framer = new MessageFramer(most);
  const at = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).flatMap((end, i) => {
    const { messages, error } = framer.push(bytes.subarray(at[i], end));
    expect(error).toBeUndefined();
    return messages;
  });
}

const value = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }),
  fc.date({ noInvalidDate: true }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(fc.jsonValue({ maxDepth: 2 }))),
  fc.array(fc.integer(), { maxLength: 40 }),
);
const message = fc.array(value, { maxLength: 20 });

describe('a stream of MessagePack arrays', () => {
  it('is cut into its messages wherever its chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (all, cuts) => {
        const encoded = all.map(each => encode(each));
        expect(hex(frames(Buffer.concat(encoded), cuts))).toEqual(hex(encoded));
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('of strings, bytes, arrays and maps of every size of length is understood', () => {
    for (const size of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      const map = Object.fromEntries(Array.from({ length: Math.min(size, 70_000) }, (_, i) => [`k${i}`, i]));
      const encoded = encode(['x'.repeat(size), new Uint8Array(size), Array(size).fill(1), map]);
      const framer = new MessageFramer(1 << 24);
      expect(hex(framer.push(Buffer.from(encoded)).messages)).toEqual(hex([encoded]));
    }
  });

  it('gives the messages before what is no array', () => {
    const framer = new MessageFramer(most);
    const { messages, error } = framer.push(Buffer.concat([encode([1]), Buffer.from('GET / HTTP/1.1')]));
    expect(messages).toHaveLength(1);
    expect(error?.message).toContain('begins with 71, which is no array');
  });

  it('is refused as soon as a message claims to be larger than allowed', () => {
    const claims = [
      [0x91, 0xc6, 0xff, 0xff, 0xff, 0xff],
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0x91, 0xdf, 0x7f, 0, 0, 0],
    ];
    for (const bytes of claims)
      expect(new MessageFramer(most).push(Buffer.from(bytes)).error?.message).toContain(
        'more than 1048576 bytes',
      );
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), chunks => {
        const framer = new MessageFramer(most);
        for (const chunk of chunks) if (framer.push(Buffer.from(chunk)).error !== undefined) break;
      }),
      { seed: 2, numRuns: 5000 },
    );
  });
});
