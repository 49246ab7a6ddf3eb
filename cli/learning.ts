import type { PageThresholds } from '../alerts/page-threshold.ts';
import { formatDuration } from '../core/duration.ts';
import { overSeries } from './class-limits.ts';
import { classOverview } from './class-readings.ts';
import type { TrainedClass, Trainer, TrainingJob, UntrainedClass } from './class-training.ts';
import type { ClassWatch } from './class-watch.ts';
import type { HistoryDoubt } from './history-doubt.ts';
import type { LeftOut } from './left-out.ts';
import type { Log } from './log.ts';
import type { ModelBook } from './model-book.ts';
import { sayWorse } from './model-race.ts';
import { createDoubts, sayUnlearned, waitOf } from './why-unlearned.ts';

/** What learning stands on. */
export interface LearningParts {
  readonly watches: readonly ClassWatch[];
  /** Watched series of the classes that are learned elsewhere. */
  readonly elsewhere?: () => number;
  readonly thresholds: PageThresholds;
  readonly trainer: Trainer;
  /** How many series a class has at `t` (ms); asked once of each class that has no model, so that small ones come first. */
  readonly size?: (watch: ClassWatch, t: number) => Promise<number>;
  /** What is not right with the samples of a class at `t` (ms): asked after each fit, and where there was nothing to learn. */
  readonly doubt?: (
    watch: ClassWatch,
    at: { readonly t: number; readonly learned: boolean },
  ) => Promise<HistoryDoubt | undefined>;
  readonly book: ModelBook;
  readonly log: Log;
  /** Most watched series over all classes. */
  readonly series: number;
  /** Told how far a class is, 0 to 1. */
  readonly progress: (className: string, share: number) => void;
  /** Told of a new model that is worse than the one in use and was not taken. */
  readonly refused?: (className: string) => void;
  /** Told of a training that failed. */
  readonly failed: (watch: ClassWatch, error: unknown) => void;
}

/**
 * Fits classes in the background, as many at once as the trainer does: those without a model first, small ones before large
 * ones, so that the first class watches soon. Moved on between passes, so that a new model takes its place at once and no pass
 * waits for one.
 */
export interface Learning {
  /** Puts a model that is ready in place and begins with the next class; `t` is the newest step, `now` the clock, both ms. */
  step(t: number, now: number): void;
  /** The class is fitted anew as soon as it is its turn: it missed too much to go on with the model it has. */
  request(watch: ClassWatch): void;
  /** True for a class without a model whose source had no history of it when it was asked last. */
  hasNoHistory(watch: ClassWatch): boolean;
  /** Why a class has no model, in words; undefined for one that has one, and for those that are learned elsewhere. */
  whyUnlearned(watch: ClassWatch): string | undefined;
  /** Resolves when nothing is under way and nothing waits to be put in place. */
  idle(): Promise<void>;
}

const refreshEvery = 86_400_000;
/** A history with fewer rows is short and has the step of its class: it is learned again when it has doubled, so soon at most. */
const longHistory = 2016;
const soonest = 900_000;
const toldEvery = 30_000;

interface Outcome {
  readonly watch: ClassWatch;
  readonly renews: boolean;
  readonly result:
    | {
        readonly trained: TrainedClass | UntrainedClass | undefined;
        readonly doubt: HistoryDoubt | undefined;
      }
    | { readonly error: unknown };
}

const nameOf = ({ watch }: ClassWatch): string => watch.class.name;

/** It is said which class is left out, and why: in the log here, on the page, in a metric and by an alert. */
function leaveOut({ log }: LearningParts, watch: ClassWatch, why: LeftOut): void {
  watch.leaveOut(why);
  log.error(`${nameOf(watch)}: ${why.reason}`);
}

/** A training, and what is doubted of its samples: a source that does not answer that is no reason to learn less. */
async function outcomeOf(
  training: Promise<TrainedClass | UntrainedClass | undefined>,
  { doubt }: LearningParts,
  at: { readonly watch: ClassWatch; readonly t: number },
): Promise<Outcome['result']> {
  try {
    const trained = await training;
    if (trained !== undefined && 'leftOut' in trained) return { trained, doubt: undefined };
    const asked = doubt?.(at.watch, { t: at.t, learned: trained !== undefined });
    return { trained, doubt: await asked?.catch(() => undefined) };
  } catch (error) {
    return { error };
  }
}

/** Watched series of all classes but one. */
function seriesBeside({ watches, elsewhere }: LearningParts, watch: ClassWatch): number {
  const own = watches.filter(each => each !== watch);
  return own.reduce((sum, each) => sum + each.series, elsewhere?.() ?? 0);
}

function place(parts: LearningParts, { watch, renews }: Outcome, trained: TrainedClass, now: number): void {
  const { log, thresholds, book } = parts;
  const { race } = trained;
  if (renews && race?.isWorse) {
    book.refuse(watch, sayWorse(race), now);
    parts.refused?.(nameOf(watch));
    return;
  }
  const why = book.at(watch) === undefined ? 'first fit' : 'refresh';
  if (renews) watch.renew(trained.snapshot);
  else {
    watch.restore(trained.snapshot);
    thresholds.put(trained.thresholds);
  }
  const over = overSeries(watch.series, seriesBeside(parts, watch), parts.series);
  if (over !== undefined) {
    leaveOut(parts, watch, over);
    return;
  }
  book.record(watch, why, now);
  const { counts } = classOverview(watch);
  const states = Object.entries(counts).map(([state, n]) => `${n} ${state.replace('_', ' ')}`);
  log.info(`learned ${nameOf(watch)} (${why}): ${states.join(', ')}`);
}

/** Says now and then how far a long training is. */
function teller({ log, progress }: LearningParts, name: string): (share: number) => void {
  let told = Date.now();
  return share => {
    progress(name, share);
    if (Date.now() - told < toldEvery) return;
    told = Date.now();
    log.info(`learning ${name}: ${Math.round(100 * share)} %`);
  };
}

/** How long a model is used, ms: a day, less where it was fitted on what a young Prometheus had. */
function usedFor({ book }: LearningParts, watch: ClassWatch): number {
  const rows = book.rows(watch) ?? longHistory;
  if (rows >= longHistory) return refreshEvery;
  return Math.min(refreshEvery, Math.max(soonest, rows * watch.watch.class.step));
}

export function createLearning(parts: LearningParts): Learning {
  const { watches, trainer, book, log, failed } = parts;
  const retryAt = new Map<ClassWatch, number>();
  const requested = new Set<ClassWatch>();
  const doubts = createDoubts(log);
  const running = new Map<ClassWatch, Promise<void>>();
  const failures = new Map<ClassWatch, string>();
  const outcomes: Outcome[] = [];
  const sizes = createSizes(parts);

  const due = (watch: ClassWatch, now: number): boolean => {
    if (running.has(watch) || watch.leftOut !== undefined || now < (retryAt.get(watch) ?? 0)) return false;
    return !watch.fitted || requested.has(watch) || now - (book.triedAt(watch) ?? 0) >= usedFor(parts, watch);
  };

  const settle = (ended: Outcome, now: number): void => {
    const { watch, result } = ended;
    retryAt.set(watch, now + waitOf(watch));
    failures.delete(watch);
    if ('error' in result) {
      failures.set(watch, result.error instanceof Error ? result.error.message : String(result.error));
      failed(watch, result.error);
      return;
    }
    if (result.trained === undefined) {
      doubts.waits(watch, result.doubt);
      return;
    }
    requested.delete(watch);
    doubts.learned(watch, result.doubt);
    if ('leftOut' in result.trained) {
      leaveOut(parts, watch, result.trained.leftOut);
      return;
    }
    try {
      place(parts, ended, result.trained, now);
    } catch (error) {
      failed(watch, error);
    }
  };

  const begin = (watch: ClassWatch, until: number): void => {
    const renews = watch.fitted && !requested.has(watch);
    const others = seriesBeside(parts, watch);
    const used = renews ? watch.snapshot()?.bytes : undefined;
    const job: TrainingJob = {
      class: nameOf(watch),
      until,
      depth: renews ? 'fit' : 'whole',
      others,
      ...(used === undefined ? {} : { used }),
    };
    const began = Date.now();
    const quiet = doubts.isWaiting(watch);
    if (!quiet) log.info(`learning ${job.class}`);
    const training = trainer.train(job, teller(parts, job.class)).finally(() => {
      if (quiet) return;
      log.info(`${job.class}: trained in ${formatDuration(Math.ceil((Date.now() - began) / 1000) * 1000)}`);
    });
    const ended = outcomeOf(training, parts, { watch, t: until }).then(result => {
      outcomes.push({ watch, renews, result });
      running.delete(watch);
    });
    running.set(watch, ended);
  };

  return {
    step(t, now) {
      for (const ended of outcomes.splice(0)) settle(ended, now);
      const all = watches.filter(watch => due(watch, now));
      const unfitted = all.filter(watch => !watch.fitted);
      if (running.size >= trainer.atOnce || !sizes.known(unfitted, t)) return;
      const order = [...sizes.inOrder(unfitted), ...all.filter(watch => watch.fitted)];
      for (const watch of order.slice(0, trainer.atOnce - running.size)) begin(watch, t);
    },
    request: watch => void requested.add(watch),
    hasNoHistory: doubts.isWaiting,
    whyUnlearned: watch =>
      watch.fitted || !watches.includes(watch)
        ? undefined
        : sayUnlearned(watch, {
            silent: doubts.isWaiting(watch),
            failure: failures.get(watch),
            isRunning: running.has(watch),
          }),
    async idle() {
      await Promise.all(running.values());
    },
  };
}

/** How large the classes are, as far as that was asked. */
function createSizes({ size }: LearningParts) {
  const sizes = new Map<ClassWatch, number>();
  let askedAt = Number.NaN;
  const sizeOf = (watch: ClassWatch): number => sizes.get(watch) ?? Number.POSITIVE_INFINITY;
  return {
    /** Whether all that can be known is: the answers are waited for during one step, what has none then counts as large. */
    known(watches: readonly ClassWatch[], t: number): boolean {
      if (size === undefined || watches.length < 2 || (!Number.isNaN(askedAt) && t > askedAt)) return true;
      if (Number.isNaN(askedAt))
        for (const watch of watches)
          size(watch, t).then(
            count => sizes.set(watch, count),
            () => undefined,
          );
      askedAt = t;
      return watches.every(watch => sizes.has(watch));
    },
    /** Small ones first; equal ones as they are. */
    inOrder: (watches: readonly ClassWatch[]) =>
      [...watches].sort((a, b) => (sizeOf(a) === sizeOf(b) ? 0 : sizeOf(a) - sizeOf(b))),
  };
}
