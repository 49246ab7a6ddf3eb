import { logCollectors } from '../collectors/log-collectors.ts';
import type { Config } from '../config/schema.ts';
import type { Anomaly } from '../core/detector.ts';
import type { LogCollector } from '../core/log.ts';
import type { SeriesSource } from '../core/series.ts';
import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ReadLogs } from './incident-logs.ts';
import type { Log } from './log.ts';
import { withExamples } from './log-examples.ts';
import { createLogSource, LogSeriesBook } from './log-series.ts';
import { LogStream } from './log-stream.ts';
import type { SampledSeries } from './sampled-series.ts';
import type { ThreatDesk } from './threat-desk.ts';
import { threatSource } from './threat-source.ts';

export interface LogIntakeOptions {
  readonly logs: Config['logs'];
  /** ms. */
  readonly step: number;
  readonly delay: number;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: () => number;
  /** Threat feeds, where there are any. */
  readonly threats?: ThreatDesk | undefined;
}

/** A source of logs, and up to when it is counted (ms). */
interface Lane {
  readonly stream: LogStream;
  closedTo: number;
  /** Queries that wait for more. */
  readonly waiting: Set<{ readonly end: number; readonly go: () => void }>;
}

const foldEvery = 600_000;

/** The collector of a source; its options were checked with the config. */
function collectorOf({ name, ...spec }: Config['logs'][number]): LogCollector {
  const { elasticsearch, file_tail: fileTail, fluent_forward: fluent, kafka } = logCollectors;
  const named = (options: object) => ({ name, ...options });
  if (spec.file_tail !== undefined)
    return fileTail.create(fileTail.options.parse(named(spec.file_tail)), undefined);
  if (spec.kafka !== undefined) return kafka.create(kafka.options.parse(named(spec.kafka)), undefined);
  if (spec.fluent_forward !== undefined)
    return fluent.create(fluent.options.parse(named(spec.fluent_forward)), undefined);
  return elasticsearch.create(elasticsearch.options.parse(named(spec.elasticsearch ?? {})), undefined);
}

/**
 * All sources of logs of a run. `run` reads until its signal aborts; `step`, called before each pass, closes what was read
 * and stores it with the positions in one transaction, so that nothing is counted twice or lost by a crash; `end` does so
 * a last time.
 */
export class LogIntake {
  readonly #options: LogIntakeOptions;
  readonly #book: LogSeriesBook;
  readonly #lanes: readonly Lane[];
  #foldedAt: number;

  constructor(options: LogIntakeOptions) {
    this.#options = options;
    this.#book = new LogSeriesBook(options.store);
    // What is put together of the store at the start is all on disk, or as it was.
    const streams = options.store.transaction(() => options.logs.map(spec => this.#stream(spec)));
    this.#lanes = streams.map(stream => ({
      stream,
      closedTo: Number.NEGATIVE_INFINITY,
      waiting: new Set(),
    }));
    this.#foldedAt = options.clock();
  }

  #stream(spec: Config['logs'][number]): LogStream {
    const { step, delay, store, clock, log, metrics, threats } = this.#options;
    const { name, service, session, events: isOfEvents } = spec;
    const told = {
      read: (lines: number) => metrics.logLines.inc({ source: name }, lines),
      refused: (reason: string, count: number) => metrics.logRefused.inc({ source: name, reason }, count),
    };
    const collector = collectorOf(spec);
    return new LogStream({
      name,
      service,
      session,
      events: isOfEvents,
      collector,
      step,
      delay,
      store,
      clock,
      log,
      told,
      ...(threats === undefined ? {} : { threats }),
    });
  }

  /** All that is counted, for the query API. */
  get series(): SampledSeries {
    return this.#book;
  }

  /** What the page of an incident reads; undefined where no logs are read. */
  get read(): ReadLogs | undefined {
    if (this.#lanes.length === 0) return undefined;
    return { glances: this.#lanes.map(({ stream }) => stream.glance), series: this.#book };
  }

  /** What is counted of one source; a query waits until the source was read up to its end. */
  source(name: string): SeriesSource {
    if (name === threatSource) {
      const all = (end: number, signal?: AbortSignal) =>
        Promise.all(this.#lanes.map(lane => settled(lane, end, signal))).then(() => undefined);
      return createLogSource(this.#book, { name, settled: all });
    }
    const lane = this.#lanes.find(({ stream }) => stream.name === name);
    if (lane === undefined) throw new RangeError(`no source of logs of the name ${name}`);
    return createLogSource(this.#book, { name, settled: (end, signal) => settled(lane, end, signal) });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#lanes.map(({ stream }) => stream.run(signal)));
  }

  /**
   * Closes the steps up to `t` (ms) as far as all lines are read, and stores what was read. The outside is told beside the
   * passes: one that does not answer delays none.
   */
  step(t: number): void {
    const { store, step, threats } = this.#options;
    if (this.#lanes.length === 0 && threats === undefined) return;
    const isDue = t - this.#foldedAt >= foldEvery;
    store.transaction(() => {
      for (const lane of this.#lanes) {
        const until = Math.floor(lane.stream.readTo(t) / step) * step;
        this.#book.add(lane.stream.close(until));
        lane.stream.save();
        lane.closedTo = Math.max(lane.closedTo, until);
        if (isDue) lane.stream.saveCounts();
      }
      if (threats !== undefined) this.#book.add(threats.step(t));
      if (isDue) this.#book.fold(t);
    });
    if (isDue) this.#foldedAt = t;
    this.#measure();
    for (const lane of this.#lanes) {
      release(lane);
      void lane.stream.stored();
    }
  }

  #measure(): void {
    const { metrics, clock } = this.#options;
    for (const { stream } of this.#lanes) {
      const source = stream.name;
      const { bytes, records, ms } = stream.lag(clock());
      if (bytes !== undefined) metrics.logLagBytes.set({ source }, bytes);
      if (records !== undefined) metrics.logLagRecords.set({ source }, records);
      if (ms !== undefined) metrics.logLagSeconds.set({ source }, ms / 1000);
      metrics.logTemplates.set({ source }, stream.templates);
    }
  }

  /** Stores what was read; after the collectors have stopped. */
  async end(): Promise<void> {
    const { store } = this.#options;
    store.transaction(() => {
      for (const { stream } of this.#lanes) {
        this.#book.add(stream.takeClosed());
        stream.save();
        stream.saveCounts();
      }
    });
    await Promise.all(this.#lanes.map(({ stream }) => stream.stored()));
  }

  /** What keeps sources from being read, and since when (ms). */
  get troubles(): readonly { readonly source: string; readonly message: string; readonly since: number }[] {
    return this.#lanes.flatMap(({ stream }) =>
      stream.troubled === undefined ? [] : [{ source: stream.name, ...stream.troubled }],
    );
  }

  /** The anomaly with lines of the logs, where it is one of a class at the source of the given name. */
  illustrate(anomaly: Anomaly, source: string | undefined): Anomaly {
    const lane = this.#lanes.find(({ stream }) => stream.name === source);
    return lane === undefined ? anomaly : withExamples(anomaly, lane.stream.examplesOf(anomaly));
  }
}

function settled(lane: Lane, end: number, signal: AbortSignal | undefined): Promise<void> {
  if (lane.closedTo >= end) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const one = {
      end,
      go: () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      },
    };
    const leave = (): void => {
      lane.waiting.delete(one);
      reject(signal?.reason);
    };
    lane.waiting.add(one);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

function release({ waiting, closedTo }: Lane): void {
  for (const one of waiting) {
    if (one.end > closedTo) continue;
    waiting.delete(one);
    one.go();
  }
}
