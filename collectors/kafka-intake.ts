import { setTimeout as wait } from 'node:timers/promises';
import type { PartitionEnds, PartitionOffset } from '../clients/kafka.ts';
import type { KafkaChunk, KafkaReader, KafkaRecord, Partition } from '../clients/kafka-reading.ts';
import type { Labels } from '../core/labels.ts';
import type { LogLag, LogRecord, LogSink, Refusal } from '../core/log.ts';
import type { KafkaOptions } from './kafka.ts';
import type { KafkaProgress } from './kafka-position.ts';
import { readValue } from './kafka-record.ts';

/** Records of one batch for the sink. */
const batchSize = 2000;

const refusals: Readonly<Partial<Record<Refusal, string>>> = {
  invalid_message: 'no value (a tombstone or an empty message)',
  binary: 'a value that is no text',
  invalid_json: 'a value that is no JSON object, read as text',
  invalid_utf8: 'a value with bytes that are no UTF-8, which were replaced',
  too_long: 'a value longer than max_message_bytes, which was cut',
};

interface IntakeParts {
  readonly sink: LogSink;
  readonly progress: KafkaProgress;
  readonly signal: AbortSignal;
}

/** Turns what the group's partitions bring into batches for the sink, no faster than it has room. */
export class KafkaIntake {
  readonly #options: KafkaOptions;
  readonly #parts: IntakeParts;
  readonly #labels = new Map<string, Labels>();
  /** Records that nobody has read yet, by topic/partition. */
  readonly #behind = new Map<string, number>();
  #expects = false;
  #newest = Number.NEGATIVE_INFINITY;
  #room: Promise<void> = Promise.resolve();
  /** Rejects when the sink does: then there is nobody to read for. */
  readonly broken: Promise<never>;
  #break: (reason: unknown) => void = () => {};
  #ends: (topic: string) => Promise<readonly PartitionEnds[]> = async () => [];

  constructor(options: KafkaOptions, parts: IntakeParts) {
    this.#options = options;
    this.#parts = parts;
    this.broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    this.broken.catch(() => {});
  }

  /** How to ask what a topic still holds. */
  lookUpEnds(ends: (topic: string) => Promise<readonly PartitionEnds[]>): void {
    this.#ends = ends;
  }

  /** What lies before us where reading begins. */
  expect(offsets: readonly PartitionOffset[], ends: readonly PartitionEnds[]): void {
    for (const { topic, partition, offset } of offsets) {
      const high = ends.find(each => each.topic === topic && each.partition === partition)?.high ?? offset;
      this.#behind.set(`${topic}/${partition}`, high - offset);
    }
    this.#expects = true;
  }

  /** What lies before another member is not our lag. */
  #forget(ours: readonly Partition[]): void {
    const names = new Set(ours.map(({ topic, partition }) => `${topic}/${partition}`));
    for (const name of this.#behind.keys()) if (!names.has(name)) this.#behind.delete(name);
  }

  reader(joined: () => void): KafkaReader {
    const { progress } = this.#parts;
    return {
      assigned: partitions => {
        progress.keep(partitions);
        this.#forget(partitions);
        joined();
        return partitions.flatMap(each => {
          const offset = progress.get(each);
          return offset === undefined ? [] : [{ ...each, offset }];
        });
      },
      read: async (chunk, taken, alive) => {
        await this.#countGone(chunk);
        for (let from = 0; from < chunk.records.length; from += batchSize) {
          await this.#waitForRoom(alive);
          if (this.#parts.signal.aborted) return;
          const records = chunk.records.slice(from, from + batchSize);
          this.#hand(chunk, records);
          taken(records.at(-1)!);
        }
      },
    };
  }

  /** A reader that waits shows the group that it lives. */
  async #waitForRoom(alive: () => Promise<void>): Promise<void> {
    const { signal } = this.#parts;
    const room = this.#room.then(() => true);
    const pause = Math.floor(this.#options.session_timeout / 10);
    while (!signal.aborted) {
      const timer = new AbortController();
      const tick = wait(pause, false, { signal: AbortSignal.any([signal, timer.signal]) }).catch(() => false);
      const free = await Promise.race([room, tick]);
      timer.abort();
      if (free) return;
      if (!signal.aborted) await alive();
    }
  }

  #hand({ topic, partition, high }: KafkaChunk, records: readonly KafkaRecord[]): void {
    const { sink, progress } = this.#parts;
    const { format, max_message_bytes: maxBytes } = this.#options;
    const labels = this.#labelsOf(topic);
    const refused = new Map<Refusal, { count: number; first: number }>();
    const kept: LogRecord[] = [];
    for (const each of records) {
      const read = readValue(each, labels, { format, maxBytes });
      if (read.record !== undefined) kept.push(read.record);
      if (read.refused === undefined) continue;
      const known = refused.get(read.refused) ?? { count: 0, first: each.offset };
      refused.set(read.refused, { ...known, count: known.count + 1 });
    }
    for (const [reason, { count, first }] of refused)
      sink.refuse(reason, count, `${topic}/${partition} at offset ${first}: ${refusals[reason] ?? reason}`);
    const last = records.at(-1)!;
    progress.set({ topic, partition }, last.offset + 1);
    this.#behind.set(`${topic}/${partition}`, Math.max(0, high - last.offset - 1));
    this.#newest = Math.max(this.#newest, last.t ?? Number.NEGATIVE_INFINITY);
    this.#room = sink.take({ records: kept, position: JSON.stringify(progress.position()) });
    this.#room.catch(this.#break);
  }

  #labelsOf(topic: string): Labels {
    const known = this.#labels.get(topic) ?? { ...this.#options.labels, topic };
    this.#labels.set(topic, known);
    return known;
  }

  /** A hole before a chunk is compaction, the mark of a transaction, or what was deleted before we came to it. */
  async #countGone({ topic, partition, records }: KafkaChunk): Promise<void> {
    const expected = this.#parts.progress.get({ topic, partition });
    const first = records[0]!.offset;
    if (expected === undefined || first <= expected + 1) return;
    const ends = await this.#ends(topic).catch(() => []);
    const low = ends.find(each => each.partition === partition)?.low ?? 0;
    const lost = Math.min(low, first) - expected;
    if (lost > 0)
      this.#parts.sink.refuse(
        'gone',
        lost,
        `${topic}/${partition}: deleted before it was read, up to offset ${low}`,
      );
  }

  lag(now: number): LogLag {
    const records = [...this.#behind.values()].reduce((sum, each) => sum + each, 0);
    const known = { ...(this.#behind.size > 0 ? { records } : {}), blind: !this.#expects };
    return Number.isFinite(this.#newest) ? { ...known, ms: Math.max(0, now - this.#newest) } : known;
  }
}
