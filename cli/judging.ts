import type { Batch } from '../core/batch.ts';
import type { Anomaly } from '../core/detector.ts';
import type { ClassWatch } from './class-watch.ts';
import type { ScoringDesk } from './scoring-desk.ts';
import type { ClassBatches } from './source-reads.ts';
import type { Tracing } from './tracing.ts';

/** What the classes made of a step. */
export interface Judged {
  readonly anomalies: readonly Anomaly[];
  /** Names of the classes of which the step is known. */
  readonly classes: ReadonlySet<string>;
}

export interface JudgingOptions {
  readonly tracing: Tracing;
  /** Where large classes are scored; in the pass unless given, with the same result. */
  readonly desk?: ScoringDesk | undefined;
  /** Told of a class that cannot judge its batch; the others go on. Without it the error is thrown. */
  readonly failed?: ((watch: ClassWatch, error: unknown) => void) | undefined;
}

/** Lets each class judge its batch of the step at `t` (ms), in their order; one whose scoring is not done is left out. */
export async function judgeStep(
  read: readonly ClassBatches[],
  t: number,
  { tracing, desk, failed }: JudgingOptions,
): Promise<Judged> {
  const due = read.flatMap(({ watch, batches, settle }) =>
    batches.filter(batch => batch.t === t).map(batch => ({ watch, batch, settle })),
  );
  const begun: typeof due = [];
  for (const each of due) {
    if (desk?.skips(each.watch, each.batch) === true) continue;
    await each.settle(each.batch);
    desk?.begin(each.watch, each.batch);
    begun.push(each);
  }
  await desk?.wait(t);
  const anomalies: Anomaly[] = [];
  const classes = new Set<string>();
  for (const { watch, batch } of begun) {
    if (desk?.isReady(watch, batch) === false) continue;
    const { name } = watch.watch.class;
    await tracing.span('judge', { class: name, entities: batch.entities.length }, async note => {
      const found = judgeOne(watch, batch, failed);
      anomalies.push(...found);
      note({ anomalies: found.length });
    });
    if (watch.judged) classes.add(name);
    desk?.end(watch);
  }
  return { anomalies, classes };
}

function judgeOne(watch: ClassWatch, batch: Batch, failed: JudgingOptions['failed']): readonly Anomaly[] {
  try {
    const found = watch.pass(batch);
    watch.states.testItself();
    return found;
  } catch (error) {
    if (failed === undefined) throw error;
    failed(watch, error);
    return [];
  }
}
