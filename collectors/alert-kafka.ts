import { z } from 'zod';
import { kafkaAccess } from '../clients/kafka-options.ts';
import type { Component } from '../core/component.ts';
import type { LogCollector } from '../core/log.ts';
import { durationOption } from './duration-option.ts';
import { KafkaCollector } from './kafka-collector.ts';

const options = z.strictObject({
  name: z.string().min(1).default('kafka').describe('Name of the source.'),
  ...kafkaAccess,
  topics: z.array(z.string().min(1)).min(1).describe('Topics to read.'),
  group_id: z
    .string()
    .min(1)
    .default('foreshock-alerts')
    .describe('Consumer group; its members share the partitions.'),
  start_at: z
    .enum(['beginning', 'end'])
    .default('end')
    .describe('Where to begin in a topic that neither the store nor the group knows a position of.'),
  session_timeout: durationOption('30s', 500).describe(
    'Time without a sign of life after which the group gives our partitions to others.',
  ),
  max_message_bytes: z
    .int()
    .min(1024)
    .default(10 << 20)
    .describe('A longer message is refused.'),
});

/** Topics of alerts: each message is a body of Alertmanager's webhook, an array of alerts, or one alert of its API v2. */
export const alertKafka: Component<typeof options, LogCollector> = {
  name: 'kafka',
  summary:
    "Topics of alerts in Kafka: a message is a body of Alertmanager's webhook, an array of alerts, or one alert as in its API v2.",
  options,
  create: settings => new KafkaCollector({ ...settings, format: 'text', labels: {} }),
};
