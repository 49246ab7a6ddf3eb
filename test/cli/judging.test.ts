import { expect, it } from 'vitest';
import { ClassWatch } from '../../cli/class-watch.ts';
import { judgeStep } from '../../cli/judging.ts';
import { noTracing } from '../../cli/tracing.ts';
import type { Batch } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';

const step = 60_000;
const t0 = 20_000 * 86_400_000;
const entities = [{ service: 'a' }, { service: 'b' }];
const random = createRandom(3);

function fitted(name: string): ClassWatch {
  const signals = [signalSchema.parse({ name: 'errors', kind: 'errors', query: 'x' })];
  const watch = new ClassWatch(
    { class: { name, step, signals }, entityLabels: ['service'], absent: 'missing', queries: ['x'] },
    { fpr: 0.01, seed: 1 },
  );
  const batches = Array.from({ length: 300 }, (_, i) => batchOf(watch, i, [random(), random()]));
  watch.fit({ batches, entities, failures: [] });
  return watch;
}

function batchOf(watch: ClassWatch, i: number, values: readonly number[]): Batch {
  return {
    class: watch.watch.class,
    t: t0 + i * step,
    entities,
    values: Float64Array.from(values),
    partial: false,
  };
}

it('a class that cannot judge its batch is given up, and keeps no other from being judged', async () => {
  const broken = fitted('broken');
  const sound = fitted('sound');
  const read = [
    { watch: broken, batches: [batchOf(broken, 300, [1])], settle: async () => undefined },
    { watch: sound, batches: [batchOf(sound, 300, [0.5, 90])], settle: async () => undefined },
  ];
  const failed: string[] = [];
  const judged = await judgeStep(read, t0 + 300 * step, {
    tracing: noTracing,
    failed: (watch, error) => {
      failed.push(`${watch.watch.class.name}: ${error}`);
      watch.giveUp();
    },
  });
  expect(failed).toEqual([expect.stringMatching(/^broken: RangeError: /)]);
  expect(broken.fitted).toBe(false);
  expect([...judged.classes]).toEqual(['sound']);
  expect(judged.anomalies.map(({ entity }) => entity)).toEqual([{ service: 'b' }]);
});
