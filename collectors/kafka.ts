import { z } from 'zod';
import type { Component } from '../core/component.ts';
import type { LogCollector } from '../core/log.ts';
import { KafkaCollector } from './kafka-collector.ts';
import { kafkaReading } from './kafka-options.ts';

const options = z.strictObject({
  name: z.string().min(1).default('kafka').describe('Name of the collector.'),
  ...kafkaReading('foreshock'),
  format: z
    .enum(['auto', 'json', 'text'])
    .default('auto')
    .describe('How values are read; auto takes what begins with a brace for a JSON object.'),
  max_message_bytes: z
    .int()
    .min(256)
    .default(1 << 20)
    .describe('A longer value is cut there and counted.'),
  labels: z.record(z.string(), z.string()).default({}).describe('Labels of all records, beside topic.'),
});

/** Topics of Kafka as a member of a consumer group; the group's offsets follow what the store has. */
export const kafka: Component<typeof options, LogCollector> = {
  name: 'kafka',
  summary: 'Topics of Kafka, as a member of a consumer group: TLS, SASL, gzip, snappy, lz4 and zstd.',
  options,
  create: settings => new KafkaCollector(settings),
};

export type KafkaOptions = z.output<typeof options>;
