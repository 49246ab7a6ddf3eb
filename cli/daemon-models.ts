import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Trainer } from './class-training.ts';
import type { Daemon } from './daemon.ts';
import { createLearning, type Learning } from './learning.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import { createModelBook, type ModelBook } from './model-book.ts';
import type { Wired } from './wire.ts';
import { createTrainingWorker } from './worker.ts';

/** The models of a daemon: in the store, and fitted in a worker. */
export function createModels(
  loaded: Loaded,
  parts: {
    readonly store: Store;
    readonly metrics: Metrics;
    readonly wired: Wired;
    readonly log: Log;
  },
): { readonly models: ModelBook; readonly trainer: Trainer; readonly learning: Learning } {
  const { store, metrics, wired, log } = parts;
  const models = createModelBook(store.models, log);
  const trainer = createTrainingWorker(loaded, {
    queries: (source, outcome, count) => metrics.sourceQueries.inc({ source, outcome }, count),
  });
  const learning = createLearning({
    watches: wired.watches,
    thresholds: wired.thresholds,
    trainer,
    book: models,
    log,
    series: loaded.config.limits.series,
    progress: (name, share) => metrics.trainingProgress.set({ class: name }, share),
    failed: (watch, error) => {
      const message = error instanceof Error ? error.message : String(error);
      log.warn(`learning ${watch.watch.class.name}: ${message}; it is tried again`);
    },
  });
  return { models, trainer, learning };
}

/** Lets the classes watch on with what they had learned; those that cannot are fitted in the background. */
export function restoreModels({ models, wired, metrics }: Daemon, now: number): void {
  for (const watch of wired.watches)
    if (models.restore(watch, now)) metrics.trainingProgress.set({ class: watch.watch.class.name }, 1);
}

/** Between two passes: new models take their place, the next class is fitted, what was learned is kept. */
export function tendModels({ models, learning, wired, metrics }: Daemon, t: number, now: number): void {
  learning.step(t, now);
  models.checkpoint(wired.watches, now);
  for (const watch of wired.watches) {
    const at = models.at(watch);
    if (at !== undefined) metrics.modelFitted.set({ class: watch.watch.class.name }, at / 1000);
  }
}

/** Gives the trainer up and keeps what was learned; not in the middle of a gap, which is passed again. */
export async function closeModels({ models, trainer, wired, midGap }: Daemon): Promise<void> {
  await trainer.close();
  if (!midGap) models.close(wired.watches);
}
