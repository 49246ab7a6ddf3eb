import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { loadKafka, type PartitionOffset } from './kafka.ts';
import { kafkaFailure } from './kafka-failure.ts';
import type { KafkaAccess } from './kafka-options.ts';

/** One message; `t` in ms, undefined where the producer gave none; `value` null is a tombstone. */
export interface KafkaRecord {
  readonly offset: number;
  readonly t: number | undefined;
  readonly value: Buffer | null;
}

/** What one fetch brought of one partition: `from` is the offset that was asked for, `high` the partition's end. */
export interface KafkaChunk {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly high: number;
  readonly records: readonly KafkaRecord[];
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/** The reader's side of a reading. */
export interface KafkaReader {
  /**
   * The group gave us these partitions (again): answers where to go on. One that is not in the answer goes on where the
   * group is, or at its beginning where the group has never been.
   */
  assigned(partitions: readonly Partition[]): readonly PartitionOffset[];
  /**
   * One chunk at a time. `taken` says up to which record it was taken over, `alive` is called now and then while it
   * takes long; it rejects when the group changes: what was not taken comes again, to us or to another member.
   */
  read(chunk: KafkaChunk, taken: (record: KafkaRecord) => void, alive: () => Promise<void>): Promise<void>;
}

/** A membership of a group. `ended` resolves after `close`, and rejects with a retryable SourceError when it breaks. */
export interface KafkaReading {
  readonly ended: Promise<void>;
  /** Rejects with a retryable SourceError: a later commit says the same and more. */
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaGroup {
  readonly group: string;
  readonly topics: readonly string[];
  /** ms without a sign of life after which the group goes on without us. */
  readonly sessionTimeout: number;
}

const bytes = { maxBytesPerPartition: 1 << 20, maxBytes: 8 << 20 };

function recordOf(message: KafkaMessage): KafkaRecord {
  const t = Number(message.timestamp);
  return { offset: Number(message.offset), t: t > 0 ? t : undefined, value: message.value };
}

async function readBatch(payload: EachBatchPayload, reader: KafkaReader): Promise<void> {
  const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
  const { topic, partition, highWatermark } = batch;
  if (!isRunning() || isStale()) return;
  const records = batch.messages.map(recordOf);
  const from = 'fetchedOffset' in batch ? Number(batch.fetchedOffset) : records[0]!.offset;
  const chunk = { topic, partition, from, high: Number(highWatermark), records };
  await reader.read(chunk, record => resolveOffset(String(record.offset)), heartbeat);
}

/** Before the first fetch of a new assignment each partition is put where the reader wants it. */
function placeOnJoin(consumer: Consumer, reader: KafkaReader): void {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const partitions = Object.entries(payload.memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map(partition => ({ topic, partition })),
    );
    for (const { topic, partition, offset } of reader.assigned(partitions))
      consumer.seek({ topic, partition, offset: String(offset) });
  });
}

function withResolvers() {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

/** Joins the group and reads until it is closed or breaks. Rejects with a retryable SourceError. */
export async function startKafkaReading(
  access: KafkaAccess,
  { group, topics, sessionTimeout }: KafkaGroup,
  reader: KafkaReader,
): Promise<KafkaReading> {
  const kafka = await loadKafka(access);
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout,
    rebalanceTimeout: 2 * sessionTimeout,
    heartbeatInterval: Math.max(100, Math.floor(sessionTimeout / 10)),
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    ...bytes,
  });
  const { promise: ended, resolve, reject } = withResolvers();
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(kafkaFailure(payload.error, access)));
  // Whoever waits for it hears of it; a reading that breaks while it is being made is told by its maker.
  ended.catch(() => {});
  placeOnJoin(consumer, reader);
  const close = () => consumer.disconnect().then(resolve, resolve);
  try {
    await consumer.connect();
    // An offset that is gone is replaced by the oldest that is left, never by the newest.
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: payload => readBatch(payload, reader),
    });
  } catch (error) {
    await close();
    throw kafkaFailure(error, access);
  }
  const commit = async (offsets: readonly PartitionOffset[]) => {
    const said = offsets.map(({ topic, partition, offset, by = '' }) => {
      return { topic, partition, offset: String(offset), metadata: by };
    });
    await consumer.commitOffsets(said).catch(error => {
      throw kafkaFailure(error, access);
    });
  };
  return { ended, commit, close };
}
