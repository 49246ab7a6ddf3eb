import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { type LstmKernels, lstmKernels } from '../../kernels/lstm-kernels.ts';
import { plainLstmKernels } from '../../kernels/lstm-twin.ts';

const size = 6000;

/** Does the same in both kernels over the same numbers; answers how far the memories are apart at most. */
function apart(work: (kernels: LstmKernels) => void): number {
  const random = createRandom(2);
  const numbers = Float32Array.from({ length: size }, () => 2 * random() - 1);
  const [own, twin] = [lstmKernels(), plainLstmKernels()].map(kernels => {
    kernels.claim({}, size);
    kernels.memory.set(numbers);
    work(kernels);
    return Float64Array.from(kernels.memory.subarray(0, size));
  });
  return own!.reduce((most, value, i) => Math.max(most, Math.abs(value - twin![i]!)), 0);
}

describe('the LSTM kernels do what their twin does', () => {
  it.each([1, 3, 4, 5, 8, 13])('products of %i rows, onto a bias, a matrix and themselves', rows => {
    const product = { rows, width: 24, depth: 7, a: 0, aRow: 9, aStep: 1, b: 200, s: 500, c: 1000 };
    expect(apart(kernels => kernels.multiply({ ...product, sRow: 0 }))).toBeLessThan(1e-6);
    expect(apart(kernels => kernels.multiply({ ...product, sRow: 24 }))).toBeLessThan(1e-6);
    expect(apart(kernels => kernels.multiply({ ...product, s: 1000, sRow: 24 }))).toBeLessThan(1e-6);
  });

  it('products of a transpose, without a copy', () => {
    const turned = {
      rows: 6,
      width: 16,
      depth: 33,
      a: 0,
      aRow: 1,
      aStep: 11,
      b: 1000,
      s: 2000,
      sRow: 0,
      c: 3000,
    };
    expect(apart(kernels => kernels.multiply(turned))).toBeLessThan(2e-6);
  });

  it.each([1, 2, 7])('steps of a cell for %i rows, also in place', rows => {
    const step = { rows, hidden: 16, gates: 0, before: 1000, after: 1200, squashed: 1400, h: 1600, hRow: 21 };
    expect(apart(kernels => kernels.cell(step))).toBeLessThan(1e-6);
    expect(apart(kernels => kernels.cell({ ...step, after: 1000 }))).toBeLessThan(1e-6);
  });

  it('a cell whose gates are far out stays finite and is the same', () => {
    const step = { rows: 1, hidden: 8, gates: 0, before: 100, after: 120, squashed: 140, h: 160, hRow: 8 };
    const far = [1e30, -1e30, 88, -88, 40, -40, 1e-30, 0];
    const wild = (kernels: LstmKernels) => {
      for (let i = 0; i < 32; i++) kernels.memory[i] = far[(i + (i >> 3)) % 8]!;
      kernels.cell(step);
    };
    expect(apart(wild)).toBeLessThan(1e-6);
  });

  it('the way back through a cell', () => {
    const back = { rows: 3, hidden: 16, gates: 0, before: 1000, squashed: 1400, dh: 1600, dc: 1800 };
    expect(apart(kernels => kernels.cellBack(back))).toBeLessThan(1e-6);
  });

  it('sums of rows', () => {
    expect(apart(kernels => kernels.addRows({ rows: 9, width: 12, from: 0, to: 300 }))).toBeLessThan(1e-5);
  });
});

it('the memory tells its holder whether another has used it', () => {
  const kernels = lstmKernels();
  const [one, other] = [{}, {}];
  kernels.claim(one, 10);
  expect(kernels.claim(one, 10)).toBe(true);
  kernels.claim(other, 100_000);
  expect(kernels.claim(one, 10)).toBe(false);
  expect(kernels.memory.length).toBeGreaterThanOrEqual(100_000);
});
