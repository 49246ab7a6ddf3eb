import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createKafkaAdmin, type KafkaAdmin } from '../clients/kafka.ts';
import { type KafkaReading, startKafkaReading } from '../clients/kafka-reading.ts';
import type { LogCollector, LogLag, LogSink } from '../core/log.ts';
import { SourceError } from '../core/series.ts';
import type { KafkaOptions } from './kafka.ts';
import { KafkaIntake } from './kafka-intake.ts';
import { KafkaProgress, offsetsOf, planStart, readPosition } from './kafka-position.ts';
import { backOff, createTroubles, type Troubles } from './troubles.ts';

/** Topics that are not there yet are looked for this often, in ms. */
const lookAgain = 10_000;

/** What lives as long as `start` runs. */
interface Run {
  readonly sink: LogSink;
  readonly troubles: Troubles;
  readonly intake: KafkaIntake;
  readonly signal: AbortSignal;
}

/** A membership of the consumer group that is begun anew whenever it breaks. */
export class KafkaCollector implements LogCollector {
  readonly name: string;
  readonly #options: KafkaOptions;
  #progress: KafkaProgress | undefined;
  #run: Run | undefined;
  #reading: KafkaReading | undefined;
  /** Of attempts to join that failed in a row. */
  #failures = 0;

  constructor(options: KafkaOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async start(sink: LogSink, from: string | undefined, signal: AbortSignal): Promise<void> {
    const stored = from === undefined ? undefined : readPosition(from);
    const progress = new KafkaProgress(stored?.reader ?? randomUUID());
    for (const each of stored === undefined ? [] : offsetsOf(stored)) progress.set(each, each.offset);
    this.#progress = progress;
    const troubles = createTroubles(sink);
    const intake = new KafkaIntake(this.#options, { sink, progress, signal });
    const run = { sink, troubles, intake, signal };
    this.#run = run;
    while (!signal.aborted) {
      try {
        await this.#session(run);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (signal.aborted) return;
        troubles.tell('reading', error.message);
        await backOff(this.#failures++, signal);
      }
    }
  }

  /** From joining to leaving, or to the moment when a topic that was missed is there. */
  async #session(run: Run): Promise<void> {
    const admin = await createKafkaAdmin(this.#options);
    try {
      const { there, missing } = await this.#topics(admin, run);
      await this.#place(admin, there, run);
      const { group_id: group, session_timeout: sessionTimeout } = this.#options;
      const reading = await startKafkaReading(
        this.#options,
        { group, topics: there, sessionTimeout },
        run.intake.reader(() => this.#joined(run, missing.length === 0)),
      );
      this.#reading = reading;
      const { intake, signal } = run;
      const ends = [reading.ended, intake.broken, aborted(signal), this.#appearance(admin, missing, run)];
      await Promise.race(ends);
    } finally {
      const reading = this.#reading;
      this.#reading = undefined;
      await Promise.all([reading?.close(), admin.close()]);
    }
  }

  #joined({ troubles }: Run, complete: boolean): void {
    this.#failures = 0;
    troubles.over('reading');
    if (complete) troubles.over('topics');
  }

  async #topics(admin: KafkaAdmin, { troubles }: Run) {
    const known = new Set(await admin.topics());
    const there = this.#options.topics.filter(topic => known.has(topic));
    const missing = this.#options.topics.filter(topic => !known.has(topic));
    const message = `Kafka at ${this.#options.brokers.join(', ')}: no topic ${missing.join(', ')} (yet)`;
    if (there.length === 0) throw new SourceError(message, { retryable: true });
    if (missing.length > 0) troubles.tell('topics', message);
    return { there, missing };
  }

  /** Says where each partition goes on. Where it begins is handed on at once: a crash before the first record loses none. */
  async #place(admin: KafkaAdmin, topics: readonly string[], { sink, intake }: Run): Promise<void> {
    const progress = this.#progress!;
    const ends = (await Promise.all(topics.map(topic => admin.ends(topic)))).flat();
    const committed = await admin.committed(this.#options.group_id, topics);
    const known = progress.position();
    const first = Object.keys(known.offsets).length === 0;
    const stored = first ? undefined : known;
    const plan = planStart({ stored, committed, ends, startAt: this.#options.start_at });
    for (const { what, records } of plan.gone) sink.refuse('gone', records ?? 1, what);
    for (const each of plan.offsets) progress.set(each, each.offset);
    intake.expect(plan.offsets, ends);
    intake.lookUpEnds(topic => admin.ends(topic));
    if (first) await sink.take({ records: [], position: JSON.stringify(progress.position()) });
  }

  /** Resolves when a topic that was missed is there; never when none was. */
  async #appearance(admin: KafkaAdmin, missing: readonly string[], { signal }: Run): Promise<void> {
    if (missing.length === 0) return new Promise(() => {});
    while (!signal.aborted) {
      await wait(lookAgain, undefined, { signal }).catch(() => {});
      const known = new Set(await admin.topics().catch((): readonly string[] => []));
      if (missing.some(topic => known.has(topic))) return;
    }
  }

  async commit(position: string): Promise<void> {
    const [reading, run] = [this.#reading, this.#run];
    const ours = offsetsOf(readPosition(position)).filter(each => this.#progress?.get(each) !== undefined);
    // Without a membership nothing need be said: the next one begins at what the store has.
    if (reading === undefined || run === undefined || ours.length === 0) return;
    try {
      await reading.commit(ours);
      run.troubles.over('commit');
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      run.troubles.tell('commit', `${error.message}: the group's offsets stay behind until the next commit`);
    }
  }

  lag(now: number): LogLag {
    return this.#run?.intake.lag(now) ?? { blind: true };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
