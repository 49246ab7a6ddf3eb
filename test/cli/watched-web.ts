import { ClassWatch } from '../../cli/class-watch.ts';
import type { Batch } from '../../core/batch.ts';
import { createRandom } from '../../core/random.ts';

/** Step of the class, ms. */
export const step = 60_000;
const signal = (name: string) => ({
  name,
  kind: 'traffic' as const,
  query: 'x',
  unit: 'reqps',
  bad: 'both' as const,
  floor: 0.5,
  about: '',
});
const spec = { name: 'web/service', step, signals: [signal('traffic'), signal('idle')] };
const entities = [{ service: 'a' }, { service: 'b' }];

/** A batch of both services at step number `i`, traffic of each; nothing is idle. */
const batchAt = (i: number, traffic: readonly [number, number]): Batch => ({
  class: spec,
  t: i * step,
  entities,
  values: Float64Array.of(traffic[0], 0, traffic[1], 0),
  partial: false,
});

/** Hours of the day have a level of their own: 100 at midnight UTC, and 10 more each hour; `b` has twice as much. */
export const levelAt = (t: number): number => 100 + 10 * (Math.floor(t / 3_600_000) % 24);

/** A class that was watched for three days, all of them quiet. */
export function watchedWeb(): ClassWatch {
  const random = createRandom(1);
  const watch = new ClassWatch(
    { class: spec, entityLabels: ['service'], absent: 'missing', queries: ['x', 'y'] },
    { fpr: 0.01, seed: 1, detectors: ['robust-z'] },
  );
  const quiet = (i: number): Batch => {
    const level = levelAt(i * step) + 2 * random() - 1;
    return batchAt(i, [level, 2 * level]);
  };
  const batches = Array.from({ length: 3 * 1440 }, (_, i) => quiet(i));
  watch.fit({ batches, entities, failures: [] });
  watch.pass(quiet(3 * 1440));
  return watch;
}
