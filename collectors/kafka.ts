import { z } from 'zod';

import { kafkaAccess } from '../clients/kafka-options.ts';
import type { Component } from '../core/component.ts';
import type { LogCollector } from '../core/log.ts';
import { durationOption } from './duration-option.ts';
import { KafkaCollector } from './kafka-collector.ts';

const options = z.strictObject({
  name: z.string().min(1).default('kafka').describe('Name of the collector.'),
  ...kafkaAccess,
  topics: z.array(z.string().min(1)).min(1).describe('Topics to read.'),
  group_id: z
    .string()
    .min(1)
    .default('foreshock')
    .describe('Consumer group; its members share the partitions.'),
  start_at: z
    .enum(['beginning', 'end'])
    .default('end')
    .describe('Where to begin in a topic that neither the store nor the group knows a position of.'),
  session_timeout: durationOption('30s', 500).describe(
    'Time without a sign of life after which the group gives our partitions to others.',
  ),
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
