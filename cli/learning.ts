import type { PageThresholds } from '../alerts/page-threshold.ts';
import { formatDuration } from '../core/duration.ts';
import { overSeries } from './class-limits.ts';
import type { TrainedClass, Trainer, UntrainedClass } from './class-training.ts';
import type { ClassWatch } from './class-watch.ts';
import type { LeftOut } from './left-out.ts';
import type { Log } from './log.ts';
import type { ModelBook } from './model-book.ts';

/** What learning stands on. */
export interface LearningParts {
  readonly watches: readonly ClassWatch[];
  /** Watched series of the classes that are learned elsewhere. */
  readonly elsewhere?: () => number;
  readonly thresholds: PageThresholds;
  readonly trainer: Trainer;
  readonly book: ModelBook;
  readonly log: Log;
  /** Most watched series over all classes. */
  readonly series: number;
  /** Told how far a class is, 0 to 1. */
  readonly progress: (className: string, share: number) => void;
  /** Told of a training that failed. */
  readonly failed: (watch: ClassWatch, error: unknown) => void;
}

/**
 * Fits classes in the background, one after the other, those without a model first. Moved on between passes, so that a new
 * model takes its place at once and no pass waits for one.
 */
export interface Learning {
  /** Puts a model that is ready in place and begins with the next class; `t` is the newest step, `now` the clock, both ms. */
  step(t: number, now: number): void;
  /** The class is fitted anew as soon as it is its turn: it missed too much to go on with the model it has. */
  request(watch: ClassWatch): void;
  /** True for a class without a model whose source had no history of it when it was asked last. */
  hasNoHistory(watch: ClassWatch): boolean;
  /** Resolves when nothing is under way and nothing waits to be put in place. */
  idle(): Promise<void>;
}

const refreshEvery = 86_400_000;
const retryEvery = 60_000;
const toldEvery = 30_000;

interface Outcome {
  readonly watch: ClassWatch;
  readonly renews: boolean;
  readonly result:
    | { readonly trained: TrainedClass | UntrainedClass | undefined }
    | { readonly error: unknown };
}

const nameOf = ({ watch }: ClassWatch): string => watch.class.name;

/** It is said which class is left out, and why: in the log here, on the page, in a metric and by an alert. */
function leaveOut({ log }: LearningParts, watch: ClassWatch, why: LeftOut): void {
  watch.leaveOut(why);
  log.error(`${nameOf(watch)}: ${why.reason}`);
}

/** Watched series of all classes but one. */
function seriesBeside({ watches, elsewhere }: LearningParts, watch: ClassWatch): number {
  const own = watches.filter(each => each !== watch);
  return own.reduce((sum, each) => sum + each.series, elsewhere?.() ?? 0);
}

function place(parts: LearningParts, { watch, renews }: Outcome, trained: TrainedClass, now: number): void {
  const { log, thresholds, book } = parts;
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
  const { counts } = watch.overview();
  log.info(`learned ${nameOf(watch)} (${why}): ${JSON.stringify(counts)}`);
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

export function createLearning(parts: LearningParts): Learning {
  const { watches, trainer, book, log, failed } = parts;
  const retryAt = new Map<ClassWatch, number>();
  const requested = new Set<ClassWatch>();
  const silent = new Set<ClassWatch>();
  let running: Promise<void> | undefined;
  let outcome: Outcome | undefined;

  const due = (watch: ClassWatch, now: number): boolean => {
    if (watch.leftOut !== undefined || now < (retryAt.get(watch) ?? 0)) return false;
    return !watch.fitted || requested.has(watch) || now - (book.at(watch) ?? 0) >= refreshEvery;
  };

  const settle = (now: number): void => {
    const ended = outcome;
    outcome = undefined;
    if (ended === undefined) return;
    const { watch, result } = ended;
    retryAt.set(watch, now + Math.max(retryEvery, 20 * watch.watch.class.step));
    if ('error' in result) {
      failed(watch, result.error);
      return;
    }
    if (result.trained === undefined) {
      if (!silent.has(watch)) log.info(`${nameOf(watch)} has no history yet: it is tried again`);
      silent.add(watch);
      return;
    }
    requested.delete(watch);
    silent.delete(watch);
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
    const job = { class: nameOf(watch), until, depth: renews ? 'fit' : 'whole', others } as const;
    const began = Date.now();
    if (!silent.has(watch)) log.info(`learning ${job.class}`);
    running = trainer
      .train(job, teller(parts, job.class))
      .then(
        trained => ({ trained }),
        (error: unknown) => ({ error }),
      )
      .then(result => {
        outcome = { watch, renews, result };
        running = undefined;
        if (!silent.has(watch))
          log.info(
            `${job.class}: trained in ${formatDuration(Math.ceil((Date.now() - began) / 1000) * 1000)}`,
          );
      });
  };

  return {
    step(t, now) {
      settle(now);
      if (running !== undefined) return;
      const next =
        watches.find(watch => !watch.fitted && due(watch, now)) ?? watches.find(watch => due(watch, now));
      if (next !== undefined) begin(next, t);
    },
    request: watch => void requested.add(watch),
    hasNoHistory: watch => silent.has(watch) && !watch.fitted,
    async idle() {
      await running;
    },
  };
}
