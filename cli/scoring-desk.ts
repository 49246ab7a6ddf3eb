import type { Batch } from '../core/batch.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Log } from './log.ts';
import type { ScoringPool } from './scoring-pool.ts';
import type { ClassBatches } from './source-reads.ts';

export interface ScoringDeskOptions {
  readonly pool: Pick<ScoringPool, 'score'>;
  /** How long a pass waits for classes that are usually in time. */
  readonly patience: () => Promise<void>;
  readonly metrics: Pick<Metrics, 'passesSkipped'>;
  readonly log: Log;
}

/** A batch whose rows are being scored. */
interface Work {
  readonly batch: Batch;
  /** Resolves when its scores are there, or cannot be had. */
  done: Promise<void>;
  isDone: boolean;
  /** Later batches of the class, which came too soon. */
  readonly skipped: Batch[];
}

/** Of skipped batches the last ones are kept, as many as any detector looks back. */
const mostSkipped = 120;

const atOnce = async (): Promise<void> => undefined;
const nameOf = ({ watch }: ClassWatch): string => watch.class.name;

/**
 * Where large classes are scored beside the passes. A pass waits for those that are usually in time; one that is not done is
 * judged by a later pass under its own time, its batches until then are skipped, and the other classes go on.
 */
export class ScoringDesk {
  readonly #options: ScoringDeskOptions;
  readonly #works = new Map<ClassWatch, Work>();
  /** Classes that the passes do not wait for, and since which step, ms. */
  readonly #late = new Map<ClassWatch, number>();
  readonly #told = new Set<ClassWatch>();

  constructor(options: ScoringDeskOptions) {
    this.#options = options;
  }

  /** Since when steps of a class are judged late or not at all, ms; undefined while it is in time. */
  lateSince(watch: ClassWatch): number | undefined {
    return this.#late.get(watch);
  }

  /** True while an earlier batch of the class is being scored: its model is left alone, and this batch is not judged. */
  skips(watch: ClassWatch, batch: Batch): boolean {
    const work = this.#works.get(watch);
    if (work === undefined || work.batch === batch) return false;
    work.skipped.push(batch);
    if (work.skipped.length > mostSkipped) work.skipped.shift();
    this.#options.metrics.passesSkipped.inc({ class: nameOf(watch) });
    if (!this.#told.has(watch))
      this.#options.log.warn(`${nameOf(watch)}: scoring takes longer than a step: steps of it are skipped`);
    this.#told.add(watch);
    return true;
  }

  /** Begins to score a batch, unless that is left to the pass or was begun before. */
  begin(watch: ClassWatch, batch: Batch): void {
    if (this.#works.has(watch)) return;
    const scoring = watch.begin(batch);
    if (scoring === undefined) return;
    const { pool, log } = this.#options;
    const work: Work = { batch, done: atOnce(), isDone: false, skipped: [] };
    work.done = pool
      .score(nameOf(watch), scoring)
      .then(() => watch.scored(scoring))
      .catch((error: unknown) => log.warn(`${nameOf(watch)}: ${error}; it is scored in the pass`))
      .then(() => {
        work.isDone = true;
      });
    this.#works.set(watch, work);
  }

  /** Waits for what was begun at `t` (ms): a little for classes that are usually in time, not at all for the others. */
  async wait(t: number): Promise<void> {
    const usual = [...this.#works].filter(([watch, work]) => !work.isDone && !this.#late.has(watch));
    if (usual.length === 0) return;
    await Promise.race([Promise.all(usual.map(([, { done }]) => done)), this.#options.patience()]);
    for (const [watch, { isDone }] of usual.map(([watch]) => [watch, this.#works.get(watch)!] as const))
      if (!isDone) this.#late.set(watch, t);
  }

  /** Whether a batch can be judged now: it was not begun here, or is scored. */
  isReady(watch: ClassWatch, batch: Batch): boolean {
    const work = this.#works.get(watch);
    return work === undefined || (work.batch === batch && work.isDone);
  }

  /** A batch was judged: what was skipped meanwhile is shown to the detectors, and the class is free for the next. */
  end(watch: ClassWatch): void {
    const work = this.#works.get(watch);
    if (work === undefined) return;
    this.#works.delete(watch);
    for (const batch of work.skipped) watch.skip(batch);
    if (work.skipped.length > 0) return;
    // Done before the next step: it may be in time again.
    this.#late.delete(watch);
    this.#told.delete(watch);
  }

  /** What earlier passes began and is scored by now: to be judged before anything newer of the class. */
  late(): readonly ClassBatches[] {
    return [...this.#works].flatMap(([watch, { isDone, batch }]) =>
      isDone ? [{ watch, batches: [batch], settle: atOnce }] : [],
    );
  }
}
