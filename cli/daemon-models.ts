import { availableParallelism } from 'node:os';
import { scrapeIntervalOf } from '../config/outline.ts';
import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { AuditDesk } from './audit-desk.ts';
import { auditedModels } from './audited-models.ts';
import { countSeries } from './class-limits.ts';
import type { Trainer } from './class-training.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { historyDoubt, rareDoubt } from './history-doubt.ts';
import { createLearning, type Learning, type LearningParts } from './learning.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import { createModelBook, type ModelBook } from './model-book.ts';
import type { Sources, WatchedSource } from './sources.ts';
import type { Wired } from './wire.ts';
import { createTrainingPool, trainingThreads } from './worker.ts';

/** What a daemon learns by: the models in the store, and for each source the threads that fit its classes. */
export interface Models {
  readonly models: ModelBook;
  readonly trainers: readonly Trainer[];
  /** One a source, in the order of the config: a source that does not answer keeps no other from being learned. */
  readonly learnings: readonly Learning[];
}

function sayFailed({ watch }: ClassWatch, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `learning ${watch.class.name}: ${message}; it is tried again`;
}

/** What is not right with the samples of a source that scrapes; what is counted here is there at every step. */
function doubtAt(
  { name, source }: WatchedSource,
  { config }: Loaded,
  signal: AbortSignal,
): NonNullable<LearningParts['doubt']> {
  const scrapes = config.prometheus.some(each => each.name === name);
  const interval = scrapeIntervalOf(config);
  return async ({ watch }, { t, learned }) =>
    scrapes ? (learned ? rareDoubt : historyDoubt)(watch, source, { t, interval, signal }) : undefined;
}

/** The models of a daemon: in the store, and fitted in threads. */
export function createModels(
  loaded: Loaded,
  parts: {
    readonly store: Store;
    readonly metrics: Metrics;
    readonly wired: Wired;
    readonly sources: Sources;
    readonly audit: AuditDesk;
    readonly log: Log;
    readonly signal: AbortSignal;
  },
): Models {
  const { store, metrics, wired, sources, audit, log, signal } = parts;
  const models = auditedModels(createModelBook(store.models, log), audit);
  const trainers = sources.all.map(() =>
    createTrainingPool(loaded, {
      threads: trainingThreads(availableParallelism(), sources.all.length),
      queries: (source, outcome, count) => metrics.sourceQueries.inc({ source, outcome }, count),
    }),
  );
  const isOf = (source: WatchedSource) => (each: ClassWatch) => sources.of(each.watch) === source;
  const learnings = sources.all.map((source, k) => {
    const others = wired.watches.filter(each => !isOf(source)(each));
    return createLearning({
      watches: wired.watches.filter(isOf(source)),
      elsewhere: () => others.reduce((sum, each) => sum + each.series, 0),
      thresholds: wired.thresholds,
      trainer: trainers[k]!,
      size: (watch, t) => countSeries(watch.watch, source.source, { t, signal }),
      doubt: doubtAt(source, loaded, signal),
      book: models,
      log,
      series: loaded.config.limits.series,
      progress: (name, share) => metrics.trainingProgress.set({ class: name }, share),
      refused: name => metrics.modelsRefused.inc({ class: name }),
      failed: (watch, error) => log.warn(sayFailed(watch, error)),
    });
  });
  return { models, trainers, learnings };
}

/** Lets the classes watch on with what they had learned; those that cannot are fitted in the background. */
export function restoreModels({ models, wired, metrics }: Daemon, now: number): void {
  for (const watch of wired.watches)
    if (models.restore(watch, now)) metrics.trainingProgress.set({ class: watch.watch.class.name }, 1);
}

/** Between two passes: new models take their place, the next class is fitted, what was learned is kept. */
export function tendModels({ models, learnings, wired, metrics }: Daemon, t: number, now: number): void {
  for (const learning of learnings) learning.step(t, now);
  models.checkpoint(wired.watches, now);
  for (const watch of wired.watches) {
    const at = models.at(watch);
    if (at !== undefined) metrics.modelFitted.set({ class: watch.watch.class.name }, at / 1000);
  }
}

/** Gives the trainers up and keeps what was learned; not in the middle of a gap, which is passed again. */
export async function closeModels(daemon: Daemon): Promise<void> {
  const { models, trainers, escalation, wired, midGap } = daemon;
  await Promise.all([...trainers, escalation].map(trainer => trainer.close()));
  if (!midGap) models.close(wired.watches);
}
