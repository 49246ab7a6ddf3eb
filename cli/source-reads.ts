import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../core/batch.ts';
import type { Metrics } from '../server/metrics.ts';
import { overSamples } from './class-limits.ts';
import { type ClassAnswer, ClassReads } from './class-reads.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Departures } from './departures.ts';
import { Errand } from './errand.ts';
import type { Log } from './log.ts';
import type { NamedSource, SourceHealth } from './sources.ts';
import type { Tracing } from './tracing.ts';

/** What has come of one class for a pass, in order of time. */
export interface ClassBatches {
  readonly watch: ClassWatch;
  readonly batches: readonly Batch[];
  /** Before a batch is passed: asks the source, where entities lose signals, whether they left. */
  settle(batch: Batch): Promise<void>;
}

export interface SourceReadsOptions {
  readonly source: NamedSource & { readonly health: SourceHealth };
  readonly watches: readonly ClassWatch[];
  /** Time between two passes, ms; no pass waits longer for any read. */
  readonly step: number;
  readonly departures: Departures;
  /** Told of a class that missed so much that it is to be fitted anew. */
  readonly missedTooMuch: (watch: ClassWatch) => void;
  readonly metrics: Pick<Metrics, 'passDuration' | 'passLast' | 'sourceUp'>;
  readonly tracing: Tracing;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** In ms. */
  readonly clock: () => number;
}

/** So many steps behind, and for so many steps, a source is late. */
const lateBy = 2;
const lateFor = 3;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * All reads of one source. A pass waits for those that are usually quick, a step at most, and takes what has come; what
 * is slow, hangs or fails is its own affair and delays no other source.
 */
export class SourceReads {
  readonly source: SourceReadsOptions['source'];
  readonly #options: SourceReadsOptions;
  readonly #classes: readonly ClassReads[];
  readonly #probe: Errand<unknown>;
  readonly #failing = new Map<ClassWatch, string>();
  #behindSince: number | undefined;

  constructor(options: SourceReadsOptions) {
    const { source, tracing, signal, step: patience, clock } = options;
    this.source = source;
    this.#options = options;
    this.#probe = new Errand(clock);
    this.#classes = options.watches.map(
      watch =>
        new ClassReads(watch, {
          source,
          tracing,
          signal,
          patience,
          missedTooMuch: () => options.missedTooMuch(watch),
          clock,
        }),
    );
  }

  /** What was wrong with a class when it was read last, also where some of it came; undefined = nothing. */
  failureOf(watch: ClassWatch): string | undefined {
    return this.#failing.get(watch);
  }

  /** Since when passes go on without the newest data of this source, ms; undefined while it is on time, or down. */
  lateSince(t: number): number | undefined {
    const since = this.#behindSince;
    const { step } = this.#options;
    return since !== undefined && t - since >= lateFor * step && this.source.health.up ? since : undefined;
  }

  /**
   * Asks for all steps up to `end` (ms) and answers what has come, also of what was asked by earlier passes; `t` is the
   * newest step of all.
   */
  async gather(t: number, end = t): Promise<readonly ClassBatches[]> {
    const asked = this.#classes.filter(({ watch }) => watch.fitted && watch.leftOut === undefined);
    const earlier = asked.map(reads => reads.take());
    const quick: Promise<void>[] = [];
    for (const reads of asked) {
      const done = reads.begin({ end, t });
      if (!reads.slow && this.source.health.up) quick.push(done);
    }
    const probed = this.#probe.take();
    if (asked.length === 0 && !this.#probe.open) {
      const done = this.#ask(t);
      if (this.source.health.up) quick.push(done);
    }
    await this.#wait(quick);
    const answers = asked.map((reads, k) => ({ reads, answers: present([earlier[k], reads.take()]) }));
    const outcomes = [
      ...answers.flatMap(each => each.answers),
      ...present([probed, this.#probe.take()]),
    ].filter(outcome => outcome.ok || overSamples(outcome.error) === undefined);
    this.#note(outcomes, end);
    this.#measure(asked, end);
    return answers.map(each => this.#batchesOf(each.reads.watch, each.answers));
  }

  /** With no class to read the source is still asked whether it is there. */
  #ask(t: number): Promise<void> {
    const { source } = this.source;
    const { step, signal } = this.#options;
    return this.#probe.begin(() => source.queryRange({ query: 'vector(1)', start: t, end: t, step, signal }));
  }

  async #wait(quick: readonly Promise<void>[]): Promise<void> {
    const enough = new AbortController();
    const patience = sleep(this.#options.step, undefined, enough).catch(() => undefined);
    await Promise.race([Promise.all(quick), patience]);
    enough.abort();
    this.#options.signal.throwIfAborted();
  }

  #note(outcomes: readonly ({ ok: true } | { ok: false; error: unknown })[], t: number): void {
    const { health } = this.source;
    const { log, metrics } = this.#options;
    const failed = outcomes.find(outcome => !outcome.ok);
    if (outcomes.some(outcome => outcome.ok)) {
      if (!health.up) log.info(`source ${health.name}: answers again`);
      Object.assign(health, { up: true, lastAt: t, message: '', downSince: undefined });
    } else if (failed !== undefined) {
      const message = messageOf(failed.error);
      if (health.up) log.error(`source ${health.name}: ${message}`);
      Object.assign(health, { up: false, message, downSince: health.downSince ?? t });
    }
    metrics.sourceUp.set({ source: health.name }, health.up ? 1 : 0);
  }

  #measure(asked: readonly ClassReads[], t: number): void {
    const { metrics, step } = this.#options;
    for (const { watch, readTo } of asked)
      if (!Number.isNaN(readTo)) metrics.passLast.set({ class: watch.watch.class.name }, readTo / 1000);
    const behind = asked.some(({ readTo }) => t - readTo >= lateBy * step);
    this.#behindSince = behind ? (this.#behindSince ?? t) : undefined;
  }

  #batchesOf(watch: ClassWatch, answers: readonly ClassAnswer[]): ClassBatches {
    const batches: Batch[] = [];
    for (const answer of answers) {
      this.#options.metrics.passDuration.observe({ class: watch.watch.class.name }, answer.took / 1000);
      if (answer.ok) batches.push(...answer.batches);
      this.#tell(watch, answer);
    }
    const fresh = batches.filter(({ t }) => !(t <= watch.t));
    if (fresh.length > 0) watch.holes.expect(fresh);
    return { watch, batches, settle: batch => this.#settle(watch, batch) };
  }

  /** A source that does not answer within a step tells nothing. */
  async #settle(watch: ClassWatch, batch: Batch): Promise<void> {
    const { departures, signal } = this.#options;
    await this.#wait([departures.settle(watch, batch, { source: this.source.source, signal })]);
  }

  /** A failure is said once, until it changes or goes away. */
  #tell(watch: ClassWatch, answer: ClassAnswer): void {
    const over = answer.ok ? undefined : overSamples(answer.error);
    if (over !== undefined) watch.leaveOut(over);
    const message = answer.ok ? answer.complaints.join('; ') : messageOf(answer.error);
    if (message === (this.#failing.get(watch) ?? '')) return;
    if (message === '') this.#failing.delete(watch);
    else this.#failing.set(watch, message);
    if (message !== '' && this.source.health.up)
      this.#options.log.warn(`${watch.watch.class.name}: ${message}`);
  }
}

function present<T>(list: readonly (T | undefined)[]): T[] {
  return list.filter(each => each !== undefined);
}
