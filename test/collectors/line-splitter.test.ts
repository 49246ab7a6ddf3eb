import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SplitOptions, splitLines } from '../../collectors/line-splitter.ts';

const options: SplitOptions = { maxLineBytes: 64, encoding: 'utf-8' };
const open = { skipping: false, last: false };

/** Splits pieces as a reader does: the rest of a piece stands before the next one. */
function splitPieces(pieces: readonly Buffer[]): string[] {
  const texts: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for (const [at, piece] of pieces.entries()) {
    const bytes = Buffer.concat([rest, piece]);
    const split = splitLines(bytes, options, { skipping, last: at === pieces.length - 1 });
    texts.push(...split.texts);
    rest = bytes.subarray(split.consumed);
    skipping = split.skipping;
  }
  return texts;
}

describe('lines of bytes', () => {
  it('come without their end, be it LF or CRLF, and without empty ones', () => {
    const split = splitLines(Buffer.from('a\r\n\nb c\n\r\nd'), options, open);
    expect(split).toMatchObject({ texts: ['a', 'b c'], starts: [0, 4], consumed: 10 });
  });

  it('end with the bytes when nothing follows', () => {
    expect(splitLines(Buffer.from('a\nb'), options, { ...open, last: true }).texts).toEqual(['a', 'b']);
  });

  it('are cut at the limit between two characters, counted, and their rest is skipped', () => {
    const split = splitLines(Buffer.from(`${'x'.repeat(63)}éyyy`), options, open);
    expect(split).toMatchObject({ texts: ['x'.repeat(63)], tooLong: 1, skipping: true, consumed: 68 });
    const after = splitLines(Buffer.from('yy\nnext\n'), options, { skipping: true, last: false });
    expect(after).toMatchObject({ texts: ['next'], tooLong: 0, skipping: false });
  });

  it('have what is no UTF-8 replaced and counted, each line for itself', () => {
    const bytes = Buffer.concat([
      Buffer.from('größe\n'),
      Buffer.of(0x61, 0xff, 0x62, 10),
      Buffer.from('ok\n'),
    ]);
    expect(splitLines(bytes, options, open)).toMatchObject({
      texts: ['größe', 'a\ufffdb', 'ok'],
      invalid: 1,
    });
  });

  it('are read byte by byte as latin1', () => {
    const split = splitLines(Buffer.of(0xe9, 10), { ...options, encoding: 'latin1' }, open);
    expect(split).toMatchObject({ texts: ['é'], invalid: 0 });
  });

  it('are left out and counted where they are binary; a hole of NUL before a line does not take the line', () => {
    const hole = Buffer.alloc(1000);
    const bytes = Buffer.concat([hole, Buffer.from('after the hole\n'), Buffer.of(65, 0, 0, 66, 10)]);
    expect(splitLines(bytes, options, open)).toMatchObject({
      texts: ['after the hole'],
      binary: 2,
      tooLong: 0,
    });
  });

  it('are the same however the bytes are cut into pieces', () => {
    const byte = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(10, 13, 0, 0xc3, 0xa9, 0xff, 0xe2, 0x82, 0xac) },
      { weight: 5, arbitrary: fc.integer({ min: 32, max: 126 }) },
    );
    const bytes = fc.array(byte, { maxLength: 400 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(400), { maxLength: 8 }), (values, cuts) => {
        const all = Buffer.from(values);
        const at = [0, ...cuts.map(cut => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
        const pieces = at.slice(1).map((end, i) => all.subarray(at[i], end));
        expect(splitPieces(pieces)).toEqual(splitPieces([all]));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
