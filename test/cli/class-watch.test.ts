import { expect, it } from 'vitest';
import { ClassWatch } from '../../cli/class-watch.ts';
import type { Batch } from '../../core/batch.ts';
import { createRandom } from '../../core/random.ts';

const step = 15_000;
const spec = {
  name: 'web/service',
  step,
  signals: [
    {
      name: 'traffic',
      kind: 'traffic' as const,
      query: 'x',
      unit: 'reqps',
      bad: 'both' as const,
      floor: 0.5,
      about: '',
    },
  ],
};
const entities = [{ service: 'a' }, { service: 'b' }];
const batch = (i: number, values: readonly number[]): Batch => ({
  class: spec,
  t: i * step,
  entities,
  values: Float64Array.from(values),
  partial: false,
});

/** A watch that has learned 400 quiet steps of traffic near 60. */
function trained(): ClassWatch {
  const random = createRandom(1);
  const watch = new ClassWatch(
    { class: spec, entityLabels: ['service'], absent: 'missing', queries: ['sum(rate(x[1m]))'] },
    { fpr: 0.01, seed: 1 },
  );
  const quiet = () => [59 + 2 * random(), 59 + 2 * random()];
  const batches = Array.from({ length: 400 }, (_, i) => batch(i, quiet()));
  watch.fit({ batches, entities, failures: [] });
  watch.pass(batch(400, quiet()));
  return watch;
}

it('judges half the traffic, but not while the rate window refills after a hole', () => {
  expect(trained().pass(batch(401, [30, 60]))).not.toEqual([]);
  const watch = trained();
  watch.pass(batch(401, [Number.NaN, Number.NaN]));
  for (const i of [402, 403, 404, 405]) expect(watch.pass(batch(i, [30, 30]))).toEqual([]);
  expect(watch.pass(batch(406, [30, 60]))).not.toEqual([]);
});

it('distrusts what was read just before a hole when it is read afterwards', () => {
  const watch = trained();
  const late = [batch(401, [30, 30]), batch(402, [Number.NaN, Number.NaN]), batch(403, [30, 30])];
  watch.holes.expect(late);
  expect(late.flatMap(each => watch.pass(each))).toEqual([]);
});
