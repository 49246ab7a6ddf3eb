import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { sampleHeads, sampleText } from '../../kernels/sample-text.ts';
import { numberText } from '../../promql/evaluate/number-text.ts';

/** The values as the kernel writes them, by series of heads of different lengths. */
function written(values: readonly number[], on = new Uint8Array(values.length).fill(1)): string {
  const heads = sampleHeads(values.map((_, i) => `[${i},"`));
  const pieces = [...sampleText(heads, { v: Float64Array.from(values), on })];
  return pieces.map(piece => new TextDecoder().decode(piece)).join('');
}

const plainly = (values: readonly number[]) => values.map((v, i) => `,[${i},"${numberText(v)}"]`).join('');

/** Doubles of every size alike: 64 random bits. */
function anyBits(count: number, seed: number): number[] {
  const random = createRandom(seed);
  const words = Uint32Array.from({ length: 2 * count }, () => random() * 2 ** 32);
  return [...new Float64Array(words.buffer)];
}

describe('the kernel that writes samples', () => {
  it.each([
    [
      'whole numbers and their ends',
      [0, -0, 1, -1, 10, 1e5, 2 ** 53, 2 ** 53 + 2, 1e20, 1e21, 1.5e21, -1e22],
    ],
    ['small numbers', [0.1, 1e-6, 1.5e-6, 9.99e-7, 1e-7, -1.25e-10, 5e-324, 2.2250738585072014e-308]],
    ['powers of two', Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074))],
    ['powers of ten', Array.from({ length: 633 }, (_, i) => Number(`1e${i - 324}`))],
    ['what is no number', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE]],
    ['a hundred thousand of any bits', anyBits(100_000, 3)],
    ['a hundred thousand of any digits', Array.from({ length: 100_000 }, (_, i) => Math.log(i + 0.5))],
    ['numbers of few digits', Array.from({ length: 20_000 }, (_, i) => (i - 10_000) / 1000)],
  ])('writes %s as the platform does', (_, values) => {
    expect(written(values)).toBe(plainly(values));
  });

  it('gives back what it wrote, whatever the value', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), value => {
        const text = written([value]).slice(5, -2);
        expect(Object.is(Number(text), value)).toBe(true);
      }),
    );
  });

  it('leaves out what is not there', () => {
    expect(written([1, 2, 3], Uint8Array.of(1, 0, 1))).toBe(',[0,"1"],[2,"3"]');
    expect(written([1, 2], Uint8Array.of(0, 0))).toBe('');
  });

  it('keeps the heads of two answers that take turns apart', () => {
    const samples = { v: Float64Array.of(1), on: Uint8Array.of(1) };
    const [a, b] = [sampleHeads(['[1,"']), sampleHeads(['[1000000,"'])];
    const texts = [a, b, a].flatMap(heads => [...sampleText(heads, samples)]);
    expect(texts.map(text => new TextDecoder().decode(text))).toEqual([
      ',[1,"1"]',
      ',[1000000,"1"]',
      ',[1,"1"]',
    ]);
  });
});
