import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { LogHistograms } from '../../detectors/log-histogram.ts';

const random = createRandom(5);

function fed(n: number, draw: () => number, memory = 1e5): LogHistograms {
  const usual = new LogHistograms(1, memory);
  for (let i = 0; i < n; i++) usual.learn(0, draw());
  return usual;
}

it.each([0.5, 0.1, 0.01, 0.001])('knows the score that a share of %f reaches', share => {
  const usual = fed(20_000, () => 1 / (1 - random()));
  expect(usual.pValue(0, 1 / share) / share).toBeGreaterThan(0.7);
  expect(usual.pValue(0, 1 / share) / share).toBeLessThan(1.4);
});

it('falls as the score rises, beyond the largest too, and never to 0', () => {
  const usual = fed(5000, () => 1 + random());
  const p = Array.from({ length: 100 }, (_, i) => usual.pValue(0, 0.5 + i / 4));
  expect([...p].sort((a, b) => b - a)).toEqual(p);
  expect(new Set(p.slice(10)).size).toBe(90);
  expect(p.at(-1)).toBeGreaterThan(0);
});

it('forgets by a factor of e in each memory', () => {
  const usual = fed(1000, () => 50, 1000);
  for (let i = 0; i < 5000; i++) usual.learn(0, 1);
  expect(usual.pValue(0, 40)).toBeLessThan(0.01);
  expect(usual.samples(0)).toBeLessThan(1010);
});

it('cannot tell what it knows nothing of', () => {
  const usual = new LogHistograms(1, 1000);
  expect(usual.pValue(0, 1)).toBeNaN();
  usual.learn(0, Number.NaN);
  expect(usual.samples(0)).toBe(0);
});

it('keeps its cells over bytes and memberships', () => {
  const usual = fed(500, random);
  const moved = LogHistograms.fromBytes(usual.toBytes()).remap(Int32Array.from([-1, 0]));
  expect(moved.pValue(1, 0.9)).toBe(usual.pValue(0, 0.9));
  expect(moved.pValue(0, 0.9)).toBeNaN();
  expect(() => LogHistograms.fromBytes(usual.toBytes().subarray(0, 60))).toThrow(RangeError);
});
