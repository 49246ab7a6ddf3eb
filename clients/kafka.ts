import type { Kafka, KafkaConfig, SASLOptions } from 'kafkajs';
import { secretFile } from './credentials.ts';
import { kafkaFailure } from './kafka-failure.ts';
import type { KafkaAccess } from './kafka-options.ts';
import { createTlsFiles } from './tls-files.ts';

/** Next offset of a partition; `by` is who committed it, as the committer named itself. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly by?: string;
}

/** What a partition holds: offsets from `low` up to and without `high`. */
export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** Questions to the brokers; each rejects with a retryable SourceError. */
export interface KafkaAdmin {
  topics(): Promise<readonly string[]>;
  ends(topic: string): Promise<readonly PartitionEnds[]>;
  /** What the group has committed; a partition without a commit is left out. */
  committed(group: string, topics: readonly string[]): Promise<readonly PartitionOffset[]>;
  close(): Promise<void>;
}

const timeouts = { connectionTimeout: 10_000, authenticationTimeout: 10_000, requestTimeout: 30_000 };

/** What takes longer is told and tried again from the start by whoever holds the connection. */
const retry = { retries: 3, initialRetryTime: 300, maxRetryTime: 5000, restartOnFailure: async () => false };

/** kafkajs keeps what it learns about a login in the object that it is given: each gets one of its own. */
async function saslOf({ sasl }: KafkaAccess): Promise<SASLOptions | undefined> {
  if (sasl === undefined) return undefined;
  const { mechanism, username } = sasl;
  return { mechanism, username, password: sasl.password ?? (await secretFile(sasl.password_file)) ?? '' };
}

/**
 * kafkajs for one stretch of life: certificates and password are those of now. It is loaded when it is first needed.
 * Rejects with a retryable SourceError where a file of them cannot be read.
 */
export async function loadKafka(access: KafkaAccess): Promise<Kafka> {
  const [{ default: kafkajs }, { registerCodecs }] = await Promise.all([
    import('kafkajs'),
    import('./kafka-codecs.ts'),
  ]);
  registerCodecs();
  const sasl = await saslOf(access);
  const config: KafkaConfig = {
    brokers: [...access.brokers],
    clientId: access.client_id,
    ...(access.tls_config === undefined ? {} : { ssl: { ...createTlsFiles(access.tls_config)() } }),
    ...(sasl === undefined ? {} : { sasl }),
    ...timeouts,
    retry,
    // What goes wrong comes back as an error and is told once; kafkajs would tell it at each attempt.
    logCreator: () => () => {},
  };
  return new kafkajs.Kafka(config);
}

/** Connects for questions about topics and groups. */
export async function createKafkaAdmin(access: KafkaAccess): Promise<KafkaAdmin> {
  const kafka = await loadKafka(access);
  const admin = kafka.admin();
  const asked = async <T>(question: Promise<T>): Promise<T> => {
    try {
      return await question;
    } catch (error) {
      throw kafkaFailure(error, access);
    }
  };
  try {
    await asked(admin.connect());
  } catch (error) {
    await admin.disconnect().catch(() => {});
    throw error;
  }
  return {
    topics: () => asked(admin.listTopics()),
    async ends(topic) {
      const ends = await asked(admin.fetchTopicOffsets(topic));
      return ends.map(({ partition, low, high }) => ({
        topic,
        partition,
        low: Number(low),
        high: Number(high),
      }));
    },
    async committed(group, topics) {
      const answer = await asked(admin.fetchOffsets({ groupId: group, topics: [...topics] }));
      const all = answer.flatMap(({ topic, partitions }) => partitions.map(each => ({ topic, ...each })));
      return all
        .filter(({ offset }) => Number(offset) >= 0)
        .map(({ topic, partition, offset, metadata }) => {
          return { topic, partition, offset: Number(offset), by: metadata ?? '' };
        });
    },
    close: () => admin.disconnect().catch(() => {}),
  };
}
