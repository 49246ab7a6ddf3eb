import { parseBudget } from '../../alerts/budget.ts';
import { createPageThresholds } from '../../alerts/page-threshold.ts';
import type { TrainedClass, Trainer, TrainingJob } from '../../cli/class-training.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { createLearning, type LearningParts } from '../../cli/learning.ts';
import { createModelBook } from '../../cli/model-book.ts';
import { signalSchema } from '../../core/pack.ts';
import { openStore } from '../../store/sqlite.ts';
import { normalLife } from './virtual-past.ts';

export const step = 15_000;
export const day = 86_400_000;
const entities = [{ service: 'a' }];
export const makeWatch = (name: string) =>
  new ClassWatch(
    {
      class: { name, step, signals: [signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x' })] },
      entityLabels: ['service'],
      absent: 'missing',
      queries: ['x'],
    },
    { fpr: 0.01, seed: 1 },
  );
export const batch = (watch: ClassWatch, t: number) => ({
  class: watch.watch.class,
  t,
  entities,
  values: Float64Array.of(normalLife('a', t)),
  partial: false,
});

/** What a class has learned of the 400 steps before `until`, which stand for `rows` steps of history. */
export function learned(name: string, until: number, rows = 8640): TrainedClass {
  const watch = makeWatch(name);
  const batches = Array.from({ length: 400 }, (_, i) => batch(watch, until - (399 - i) * step));
  watch.fit({ batches, entities, failures: [] });
  return { snapshot: { ...watch.snapshot()!, rows }, thresholds: new TextEncoder().encode('[]') };
}

/** A trainer whose jobs end when the test says so. */
function makeTrainer(atOnce: number) {
  const jobs: { job: TrainingJob; end: (made?: TrainedClass) => void; fail: (error: Error) => void }[] = [];
  const trainer: Trainer = {
    atOnce,
    train: job => new Promise((end, fail) => jobs.push({ job, end, fail })),
    close: async () => undefined,
  };
  return { trainer, jobs };
}

export function setUp(...names: string[]) {
  return setUpWith(names, {});
}

export function setUpWith(
  names: readonly string[],
  { atOnce = 1, ...how }: Pick<LearningParts, 'size' | 'doubt'> & { readonly atOnce?: number },
) {
  const watches = names.map(makeWatch);
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const log = { info: say, warn: say, error: say };
  const { models } = openStore(':memory:');
  const { trainer, jobs } = makeTrainer(atOnce);
  const book = createModelBook(models, log);
  const learning = createLearning({
    watches,
    thresholds: createPageThresholds(parseBudget('2 per service per 1w')),
    trainer,
    book,
    log,
    series: 1000,
    ...how,
    progress: () => undefined,
    refused: name => say(`${name} counted as refused`),
    failed: (watch, error) => say(`${watch.watch.class.name} failed: ${error}`),
  });
  return { watches, learning, jobs, models, said, book };
}

export const t0 = 1000 * day;
