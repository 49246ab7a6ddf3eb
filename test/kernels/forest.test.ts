import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { growForest } from '../../detectors/isolation-tree.ts';
import { scoreTrees } from '../../kernels/forest.ts';
import { scoreTreesPlainly } from '../../kernels/forest-twin.ts';
import type { PaddedTrees } from '../../kernels/padded-trees.ts';

function forestOf(width: number, trees: number, subsample: number): PaddedTrees {
  const random = createRandom(width + trees);
  const x = Float64Array.from({ length: 600 * width }, () => random() + random() - 1);
  return growForest(x, 600, { trees, subsample, width, random });
}

function both(forest: PaddedTrees, x: Float64Array): { kernel: Float64Array; twin: Float64Array } {
  const rows = x.length / forest.width;
  const kernel = new Float64Array(rows);
  const twin = new Float64Array(rows);
  scoreTrees(forest, x, kernel);
  scoreTreesPlainly(forest, x, twin);
  return { kernel, twin };
}

const forests = [forestOf(1, 1, 2), forestOf(3, 20, 64), forestOf(8, 7, 512), forestOf(41, 5, 256)];
const value = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.constantFrom(0, 1e300, -1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
);

describe('the forest kernel', () => {
  it('scores to the last bit as plain TypeScript does, for any forest and any rows', () => {
    const cases = fc.constantFrom(...forests).chain(forest =>
      fc
        .integer({ min: 0, max: 40 })
        .chain(rows => fc.array(value, { minLength: rows * forest.width, maxLength: rows * forest.width }))
        .map(values => ({ forest, x: Float64Array.from(values) })),
    );
    fc.assert(
      fc.property(cases, ({ forest, x }) => {
        const { kernel, twin } = both(forest, x);
        expect(kernel).toEqual(twin);
      }),
    );
  });

  it.each([0, 1, 7, 8, 9, 511, 512, 513, 1500])('takes %i rows', rows => {
    const random = createRandom(rows);
    const x = Float64Array.from({ length: rows * 8 }, () => 3 * random() - 1.5);
    const { kernel, twin } = both(forests[2]!, x);
    expect(kernel).toEqual(twin);
    expect(kernel.every(score => score > 0 && score < 1)).toBe(true);
  });

  it('keeps two forests apart that score in turn', () => {
    const x = Float64Array.from({ length: 24 }, (_, i) => Math.sin(i));
    const first = both(forests[1]!, x).kernel;
    both(forests[3]!, new Float64Array(41 * 600));
    expect(both(forests[1]!, x).kernel).toEqual(first);
  });
});
