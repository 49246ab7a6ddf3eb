import type { Anomaly } from '../core/detector.ts';
import type { LineWatch } from '../core/line-watch.ts';
import type { LogCollector, LogLag, LogSink, RecordBatch, Refusal } from '../core/log.ts';
import type { Store } from '../core/store.ts';
import { MatchSignals } from '../detectors/indicator-matches.ts';
import { EventSignals } from '../detectors/log-events.ts';
import { LogSignals } from '../detectors/log-signals.ts';
import { LogTemplateMiner, minerOptions } from '../detectors/log-template.ts';
import type { Log } from './log.ts';
import { LogExamples } from './log-examples.ts';
import { LogGlance } from './log-glance.ts';
import { LogReading, type ReadingOptions, type ReadRecord } from './log-reading.ts';
import { type LogSample, sourceLabel } from './log-series.ts';
import { type LogMemory, LogState } from './log-state.ts';
import { threatSource } from './threat-source.ts';

/** What a stream tells of itself; the edge makes metrics of it. */
export interface LogStreamEvents {
  read(lines: number): void;
  refused(reason: Refusal, count: number): void;
}

/** One source of logs, with all that it needs. Times in ms. */
export interface LogStreamOptions extends ReadingOptions {
  readonly name: string;
  readonly collector: LogCollector;
  readonly step: number;
  /** How late a line may come while nothing is behind. */
  readonly delay: number;
  readonly store: Pick<Store, 'values'>;
  readonly clock: () => number;
  readonly log: Log;
  readonly told: LogStreamEvents;
  /** Looks each line through for what threat feeds list. */
  readonly threats?: LineWatch;
}

/** Lines of one source may come in another order than they were said, by so much while a past is read. */
const disorder = 60_000;
/** Steps of so much time may be open. */
const mostAhead = 3_600_000;
/** Passes get their turn after so many lines. */
const atOnce = 5000;
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/**
 * A source of logs from its collector to the counts of its steps: reads, understands, mines and counts while it runs; `close`
 * gives the samples of the steps that ended, `save` stores all that came of what was read with the position, `stored` lets
 * the outside forget it.
 */
export class LogStream implements LogSink {
  readonly name: string;
  readonly #options: LogStreamOptions;
  readonly #memory: LogMemory;
  readonly #state: LogState;
  readonly #examples = new LogExamples();
  /** What the page of an incident shows of the lines. */
  readonly glance = new LogGlance();
  /** Templates are numbered in order. */
  #newestIndex = 0;
  #position: string | undefined;
  #saved: string | undefined;
  #committed: string | undefined;
  #committing: Promise<void> = Promise.resolve();
  #nextCommit: Promise<void> | undefined;
  /** Time of the newest line. */
  #newest = Number.NEGATIVE_INFINITY;
  /** When lines came last. */
  #tookAt = Number.NEGATIVE_INFINITY;
  #closed: LogSample[] = [];
  /** A line that is newer closes the steps before it: a long past is read. */
  #closeAt = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;
  /** Since when the outside does not answer. */
  #troubledAt: number | undefined;
  readonly #told = new Set<Refusal>();

  constructor(options: LogStreamOptions) {
    const { name, step, store } = options;
    this.name = name;
    this.#options = options;
    this.#memory = {
      reading: new LogReading(options),
      miner: new LogTemplateMiner(minerOptions.parse({})),
      signals: new LogSignals({ step }),
      events: new EventSignals({ step }),
      matches: new MatchSignals(step),
    };
    this.#state = new LogState(store, name);
    try {
      this.#position = this.#state.restore(this.#memory);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RangeError(`logs ${name}: ${reason}: move the store away, or give the source another name`);
    }
    this.#newestIndex = this.#memory.miner.templates().at(-1)?.index ?? 0;
    this.#saved = this.#position;
    this.#committed = this.#position;
  }

  /** Reads until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    return this.#options.collector.start(this, this.#position, signal);
  }

  async take({ records, position }: RecordBatch): Promise<void> {
    const { clock, told } = this.#options;
    const { reading, miner, signals, events } = this.#memory;
    const now = clock();
    // All of a batch or nothing: its position must not be stored before all of its lines are counted.
    for (const record of records) {
      const read = reading.read(record, now);
      const { text, span, level, entity, session, event } = read;
      const index = miner.learn(text, span);
      const isFresh = index > this.#newestIndex;
      if (isFresh) this.#newestIndex = index;
      signals.add({ t: span.t, entity, level, template: miner.templateOf(index).id, session });
      if (event !== undefined) events.add({ ...event.event, t: span.t, entity: event.entity });
      this.#match(read, now);
      this.#examples.offer(entity.service ?? '', { text, span, level, isFresh });
      this.glance.offer(entity.service ?? '', { text, span, level, isFresh });
      if (span.t > this.#newest) this.#newest = Math.min(span.t, now);
      if (this.#newest > this.#closeAt) this.#closeTo(this.#newest - disorder);
    }
    if (records.length > 0) this.#tookAt = now;
    this.#position = position;
    told.read(records.length);
    if (records.length >= atOnce) await turn();
  }

  #match({ text, span: { t }, entity, attributes }: ReadRecord, now: number): void {
    const { threats } = this.#options;
    if (threats === undefined) return;
    for (const { feed, type } of threats.look({ t, now, text, attributes, entity }))
      this.#memory.matches.add({ t, entity, feed, type });
  }

  refuse(reason: Refusal, count: number, what: string): void {
    const { told, log } = this.#options;
    told.refused(reason, count);
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    log.warn(`logs ${this.name}: ${what} (${reason}; more of it is only counted)`);
  }

  trouble(message: string | undefined): void {
    const { clock, log } = this.#options;
    if (message === undefined) {
      if (this.#trouble !== undefined) log.info(`logs ${this.name}: can be read again`);
      this.#trouble = undefined;
      this.#troubledAt = undefined;
      return;
    }
    if (this.#trouble !== message) log.error(`logs ${this.name}: ${message}`);
    this.#trouble = message;
    this.#troubledAt ??= clock();
  }

  /** What keeps it from being read, and since when (ms). */
  get troubled(): { readonly message: string; readonly since: number } | undefined {
    if (this.#trouble === undefined || this.#troubledAt === undefined) return undefined;
    return { message: this.#trouble, since: this.#troubledAt };
  }

  lag(now: number): LogLag {
    return this.#options.collector.lag(now);
  }

  /** How many templates are known. */
  get templates(): number {
    return this.#memory.miner.size;
  }

  /**
   * Up to when all lines were read, as far as can be told, `t` (ms) at most. While it cannot be read nothing more is known;
   * where old lines come, more of them may follow.
   */
  readTo(t: number): number {
    const { clock, delay } = this.#options;
    const now = clock();
    const { bytes = 0, records = 0, blind = false } = this.lag(now);
    const age = now - this.#newest;
    const isRead = bytes <= 0 && records <= 0 && !blind && this.#trouble === undefined;
    const catchesUp = now - this.#tookAt <= 2 * delay && age > Math.max(2 * delay, disorder);
    if (isRead && !catchesUp) return t;
    return Math.min(t, this.#newest - (age <= 2 * delay ? delay : disorder));
  }

  /** Closes the steps up to `t` (ms), and gives their samples with those of steps that were closed before. */
  close(t: number): readonly LogSample[] {
    this.#closeTo(t);
    return this.takeClosed();
  }

  /** The samples of steps that were closed while lines of a long past were read. */
  takeClosed(): readonly LogSample[] {
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  #closeTo(t: number): void {
    const source = { [sourceLabel]: this.name };
    const { signals, events, matches } = this.#memory;
    const matched = { log: this.name, [sourceLabel]: threatSource };
    for (const { labels, ...at } of matches.close(t))
      this.#closed.push({ ...at, labels: { ...labels, ...matched } });
    for (const { labels, ...at } of [...signals.close(t), ...events.close(t)])
      this.#closed.push({ ...at, labels: { ...labels, ...source } });
    // Not after `t`: what nothing was read of is closed up to any time, and its first line may be old.
    this.#closeAt = this.#newest + mostAhead;
  }

  /** Writes all that came of what was read so far, within the caller's transaction. */
  save(): void {
    this.#state.save(this.#memory, this.#position);
    this.#saved = this.#position;
  }

  saveCounts(): void {
    this.#state.saveCounts();
  }

  /** After the transaction: what was saved may be forgotten outside. One commit at a time, and one that waits; never rejects. */
  stored(): Promise<void> {
    this.#nextCommit ??= this.#committing.then(() => {
      this.#nextCommit = undefined;
      this.#committing = this.#commit();
      return this.#committing;
    });
    return this.#nextCommit;
  }

  async #commit(): Promise<void> {
    const saved = this.#saved;
    if (saved === undefined || saved === this.#committed) return;
    try {
      await this.#options.collector.commit(saved);
      this.#committed = saved;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(
        `logs ${this.name}: the position could not be committed, it is tried again: ${reason}`,
      );
    }
  }

  /** Lines that an anomaly of a class of the logs speaks of, as they were said. */
  examplesOf({ entity, worst, shares }: Anomaly): readonly string[] {
    const { service = '', template } = entity;
    if (template === undefined) return this.#examples.of(service, worst?.signal ?? shares[0]?.signal ?? '');
    return this.#memory.miner.templates().find(({ id }) => id === template)?.examples ?? [];
  }
}
