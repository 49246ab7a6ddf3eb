import { expect, it } from 'vitest';
import { directionsOf, outward, sharesOf, topMean } from '../../detectors/deviation.ts';

it('counts a deviation in the direction that matters alone', () => {
  const [high, low, both] = directionsOf([{ bad: 'high' }, { bad: 'low' }, { bad: 'both' }]);
  expect([outward(3, high!), outward(-3, high!)]).toEqual([3, 0]);
  expect([outward(3, low!), outward(-3, low!)]).toEqual([0, 3]);
  expect([outward(3, both!), outward(-3, both!)]).toEqual([3, 3]);
  expect(outward(Number.NaN, both!)).toBe(-1);
});

it('averages the largest, equal ones each, and leaves out what has no sample', () => {
  expect(topMean(Float64Array.of(1, 4, 4, -1, 2), 3)).toBeCloseTo(10 / 3, 12);
  expect(topMean(Float64Array.of(-1, 5), 3)).toBe(5);
  expect(topMean(Float64Array.of(-1, -1), 3)).toBeNaN();
});

it('ends on what is infinitely far out', () => {
  expect(topMean(Float64Array.of(1, Number.POSITIVE_INFINITY), 2)).toBe(Number.POSITIVE_INFINITY);
});

it('tells equal shares where nothing deviates, and none of what has no sample', () => {
  const shares = new Float64Array(3);
  sharesOf(Float64Array.of(0, 0, 0), shares);
  expect([...shares]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  sharesOf(Float64Array.of(3, -1, 1), shares);
  expect([...shares]).toEqual([0.75, 0, 0.25]);
});
