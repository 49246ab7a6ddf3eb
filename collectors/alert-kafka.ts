import { z } from 'zod';
import type { Component } from '../core/component.ts';
import type { LogCollector } from '../core/log.ts';
import { KafkaCollector } from './kafka-collector.ts';
import { kafkaReading } from './kafka-options.ts';

const options = z.strictObject({
  name: z.string().min(1).default('kafka').describe('Name of the source.'),
  ...kafkaReading('foreshock-alerts'),
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
