import type { Producer } from 'kafkajs';
import { loadKafka } from './kafka.ts';
import { kafkaFailure } from './kafka-failure.ts';
import type { KafkaAccess } from './kafka-options.ts';

/** One message to be written; `t` in ms. */
export interface KafkaMessageOut {
  readonly key: string;
  readonly value: string;
  readonly t: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes to topics. Connects when it first writes, and anew after a failure, with the secrets of then. */
export interface KafkaProducer {
  /** Resolves when all replicas in sync have them; rejects with a SourceError. */
  send(topic: string, messages: readonly KafkaMessageOut[]): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaWriting {
  /** The broker drops what is sent twice because an answer was lost on the way. */
  readonly idempotent: boolean;
}

const everyReplica = -1;

/** Makes no connection yet. */
export function createKafkaProducer(access: KafkaAccess, { idempotent }: KafkaWriting): KafkaProducer {
  let made: Promise<Producer> | undefined;
  const connect = async (): Promise<Producer> => {
    const kafka = await loadKafka(access);
    const producer = kafka.producer({ idempotent, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  };
  const drop = async () => {
    const producer = await made?.catch(() => undefined);
    made = undefined;
    await producer?.disconnect().catch(() => {});
  };
  return {
    async send(topic, messages) {
      const { CompressionTypes } = (await import('kafkajs')).default;
      try {
        made ??= connect();
        const producer = await made;
        await producer.send({
          topic,
          acks: everyReplica,
          compression: CompressionTypes.GZIP,
          messages: messages.map(({ t, ...message }) => ({ ...message, timestamp: String(t) })),
        });
      } catch (error) {
        await drop();
        throw kafkaFailure(error, access);
      }
    },
    close: drop,
  };
}
