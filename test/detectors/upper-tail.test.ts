import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { UpperTails } from '../../detectors/upper-tail.ts';

const random = createRandom(3);
const exponential = () => -Math.log(1 - random());

function fed(values: number, draw: () => number): UpperTails {
  const tails = new UpperTails(1);
  for (let i = 0; i < values; i++) tails.learn(0, draw());
  return tails;
}

it('goes on beyond the largest value near the true tail, and is never far below it', () => {
  const tails = fed(4000, exponential);
  for (const x of [8, 10, 12]) {
    const ratio = tails.pValue(0, x, 0) / Math.exp(-x);
    expect(ratio).toBeGreaterThan(0.1);
    expect(ratio).toBeLessThan(60);
  }
});

it('is silent for what is usual and while it knows little', () => {
  expect(fed(99, exponential).pValue(0, 1e9, 0)).toBe(1);
  const tails = fed(4000, exponential);
  expect(tails.pValue(0, 1, 0)).toBe(1);
  expect(tails.pValue(0, Number.NaN, 0)).toBe(1);
});

it('falls as x rises', () => {
  const tails = fed(4000, exponential);
  const p = Array.from({ length: 200 }, (_, i) => tails.pValue(0, i / 4, 0));
  expect([...p].sort((a, b) => b - a)).toEqual(p);
  expect(p.at(-1)).toBeGreaterThan(0);
});

it('forgets what is two generations old', () => {
  const tails = fed(100, () => 1000);
  for (let i = 0; i < 9000; i++) tails.learn(0, random());
  expect(tails.pValue(0, 500, 0)).toBeLessThan(1e-4);
});

it('takes the smallest scale that it is given for values that are all equal', () => {
  const tails = fed(1000, () => 5);
  expect(tails.pValue(0, 5, 1)).toBe(1);
  expect(tails.pValue(0, 6, 1)).toBeGreaterThan(tails.pValue(0, 6, 0.01));
});

it('stands huge and tiny values', () => {
  const tails = fed(1000, () => (random() < 0.5 ? 1e300 : 5e-324));
  expect(tails.pValue(0, 1e300, 0)).toBeGreaterThan(0);
});

it('keeps its cells over bytes and memberships', () => {
  const tails = fed(3000, exponential);
  const moved = UpperTails.fromBytes(tails.toBytes()).remap(Int32Array.from([-1, 0]), 1);
  expect(moved.pValue(1, 9, 0)).toBe(tails.pValue(0, 9, 0));
  expect(moved.pValue(0, 9, 0)).toBe(1);
  expect(() => UpperTails.fromBytes(tails.toBytes().subarray(0, 40))).toThrow(RangeError);
});
