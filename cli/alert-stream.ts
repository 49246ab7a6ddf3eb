import { readAlertMessage } from '../collectors/alert-message.ts';
import type { LogCollector, LogRecord, LogSink, RecordBatch, Refusal } from '../core/log.ts';
import { sayCount } from '../core/say-name.ts';
import type { KeyValues, Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Arrivals } from './arrivals.ts';
import type { Log } from './log.ts';

/** What a source of others' alerts needs. */
export interface AlertStreamOptions {
  readonly name: string;
  readonly collector: LogCollector;
  readonly store: Store;
  readonly arrived: Pick<Arrivals, 'put'>;
  readonly metrics: Pick<Metrics, 'alertsReceived' | 'alertsTruncated' | 'alertsRefused' | 'alertsLag'>;
  readonly log: Log;
  readonly clock: () => number;
}

/** After so many alerts a source waits for the next pass, which takes them. */
const mostWaiting = 20_000;
/** So many refused messages are kept, the newest. */
const mostRefused = 1000;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/**
 * Others' alerts that a collector reads. What a batch held is stored with its position in one transaction: a crash brings each
 * alert to the passes once; the outside may forget it after that.
 */
export class AlertStream implements LogSink {
  readonly name: string;
  readonly #options: AlertStreamOptions;
  readonly #positions: KeyValues;
  readonly #refused: KeyValues;
  readonly #told = new Set<string>();
  #waiting = 0;
  #release: () => void = () => {};
  #committed: Promise<void> = Promise.resolve();
  #trouble: { readonly message: string; readonly since: number } | undefined;

  constructor(options: AlertStreamOptions) {
    this.name = options.name;
    this.#options = options;
    this.#positions = options.store.values('alert-positions');
    this.#refused = options.store.values('alerts-refused');
  }

  /** Reads until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stored = this.#positions.get(this.name);
    signal.addEventListener('abort', () => this.#release(), { once: true });
    await this.#options.collector.start(this, stored && decode(stored), signal);
    await this.#committed;
  }

  async take({ records, position }: RecordBatch): Promise<void> {
    const { store, arrived, collector, clock, metrics, log, name } = this.#options;
    const now = clock();
    const read = records.map(record => ({ record, ...readAlertMessage(record.text, now) }));
    const alerts = read.flatMap(each => each.alerts);
    const truncated = read.reduce((sum, each) => sum + each.truncated, 0);
    store.transaction(() => {
      arrived.put(alerts);
      for (const { record, refused } of read) if (refused.length > 0) this.#keepRefused(record, refused);
      this.#positions.set(name, encode(position));
    });
    for (const { refused } of read)
      for (const why of refused) this.#say('not_an_alert', 1, `a message that cannot be taken (${why})`);
    metrics.alertsReceived.inc({ origin: name }, alerts.length);
    if (truncated > 0) {
      metrics.alertsTruncated.inc({ origin: name }, truncated);
      log.warn(`alerts ${name}: an Alertmanager left ${sayCount(truncated, 'alert')} out of a group`);
    }
    this.#committed = this.#committed.then(() => collector.commit(position));
    this.#waiting += alerts.length;
    if (this.#waiting < mostWaiting) return;
    await new Promise<void>(resolve => {
      this.#release = resolve;
    });
  }

  /** What is no alert is kept as it came, for a person to look at: nobody sends it again. */
  #keepRefused(record: LogRecord, refused: readonly string[]): void {
    const next = Number(decode(this.#refused.get('next')) || '0');
    const row = { at: this.#options.clock(), source: this.name, why: refused, ...record };
    this.#refused.set(String(next % mostRefused), encode(JSON.stringify(row)));
    this.#refused.set('next', encode(String(next + 1)));
  }

  #say(reason: string, count: number, what: string): void {
    const { metrics, log, name } = this.#options;
    metrics.alertsRefused.inc({ origin: name, reason }, count);
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    log.warn(`alerts ${name}: ${what} (more of it is only counted)`);
  }

  refuse(reason: Refusal, count: number, what: string): void {
    this.#say(reason, count, what);
  }

  trouble(message: string | undefined): void {
    const { log, clock, name } = this.#options;
    if (message === undefined) {
      if (this.#trouble !== undefined) log.info(`alerts ${name}: can be read again`);
      this.#trouble = undefined;
      return;
    }
    if (this.#trouble?.message !== message) log.error(`alerts ${name}: ${message}`);
    this.#trouble = { message, since: this.#trouble?.since ?? clock() };
  }

  /** What keeps it from being read, and since when (ms). */
  get troubled(): { readonly message: string; readonly since: number } | undefined {
    return this.#trouble;
  }

  /** A pass takes what has come in: there is room again. */
  step(): void {
    const { collector, metrics, clock, name } = this.#options;
    this.#waiting = 0;
    this.#release();
    const { records } = collector.lag(clock());
    if (records !== undefined) metrics.alertsLag.set({ origin: name }, records);
  }
}
