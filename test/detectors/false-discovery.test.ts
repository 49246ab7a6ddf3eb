import fc from 'fast-check';
import { expect, it } from 'vitest';
import { qValues } from '../../detectors/false-discovery.ts';

it('is what one works out by hand', () => {
  // m = 4, c = 25/12. By rank: .01 x 4 / 1 = .04, .02 x 4 / 2 = .04, .036 x 4 / 3 = .048, .5 x 4 / 4 = .5, each times c, at most 1.
  const q = qValues([0.5, 0.02, 0.01, 0.036]);
  const c = 25 / 12;
  for (const [i, expected] of [1, 0.04 * c, 0.04 * c, 0.048 * c].entries())
    expect(q[i]).toBeCloseTo(expected, 12);
});

it('lets a later p-value that is more surprising for its rank speak for those before it', () => {
  // .03 x 3 / 1 = .09 and .04 x 3 / 2 = .06, but .042 x 3 / 3 = .042.
  const c = 11 / 6;
  for (const q of qValues([0.03, 0.04, 0.042])) expect(q).toBeCloseTo(0.042 * c, 12);
});

it('leaves out what could not be judged', () => {
  const q = qValues([Number.NaN, 0.01, Number.NaN]);
  expect([...q]).toEqual([Number.NaN, 0.01, Number.NaN]);
  expect(qValues([])).toHaveLength(0);
});

it('keeps the order of the p-values, and is never below them', () => {
  const p = fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(p, values => {
      const q = qValues(values);
      const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
      order.forEach((i, rank) => {
        expect(q[i]).toBeGreaterThanOrEqual(values[i]! * (1 - 1e-12));
        expect(q[i]).toBeLessThanOrEqual(1);
        if (rank > 0) expect(q[i]).toBeGreaterThanOrEqual(q[order[rank - 1]!]!);
      });
    }),
    { seed: 1, numRuns: 100 },
  );
});
