import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { principalComponents } from '../../detectors/principal-components.ts';

it('finds the directions that signals share, largest first, of length 1 and at right angles', () => {
  const random = createRandom(5);
  const normal = () => random() + random() + random() + random() - 2;
  const rows = Array.from({ length: 4000 }, () => {
    const [a, b] = [9 * normal(), 4 * normal()];
    return Float64Array.from([a + b, a - b, normal()]);
  });
  const [x1, y1, z1, x2, y2, z2, ...more] = principalComponents(rows, 3, 1);
  expect(more).toEqual([]);
  expect([Math.abs(x1!), Math.abs(y1!), Math.abs(z1!)].map(v => v.toFixed(1))).toEqual(['0.7', '0.7', '0.0']);
  expect(Math.sign(x1! * y1!)).toBe(1);
  expect(Math.sign(x2! * y2!)).toBe(-1);
  expect(x1! * x2! + y1! * y2! + z1! * z2!).toBeCloseTo(0, 12);
  expect(x1! ** 2 + y1! ** 2 + z1! ** 2).toBeCloseTo(1, 12);
});

it('keeps none when nothing has the variance that is asked for, or there are no rows', () => {
  expect(principalComponents([Float64Array.from([1, 0])], 2, 1)).toHaveLength(0);
  expect(principalComponents([], 2, 1)).toHaveLength(0);
});
