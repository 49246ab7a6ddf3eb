import { z } from 'zod';
import { kafkaAccess } from '../clients/kafka-options.ts';
import { createKafkaProducer } from '../clients/kafka-producer.ts';
import type { Component } from '../core/component.ts';
import { type EventSink, eventDocument } from '../core/event.ts';

const options = z.strictObject({
  name: z.string().min(1).default('kafka').describe('Name of the sink.'),
  ...kafkaAccess,
  topic: z.string().min(1).default('foreshock-events').describe('Topic that the events go to.'),
  idempotent: z
    .boolean()
    .default(true)
    .describe('Let the broker drop what is sent twice; false where an ACL of an old broker forbids it.'),
});

/** One message an event: its key keeps what belongs together in order, its header `id` tells a second one. */
export const kafka: Component<typeof options, EventSink> = {
  name: 'kafka',
  summary: 'A topic of Kafka: keyed, acknowledged by all replicas, gzip.',
  options,
  create({ name, topic, idempotent, ...access }) {
    const producer = createKafkaProducer(access, { idempotent });
    return {
      name,
      async deliver(events) {
        const messages = events.map(event => {
          return {
            key: event.key,
            value: JSON.stringify(eventDocument(event)),
            t: event.t,
            headers: { id: event.id },
          };
        });
        await producer.send(topic, messages);
      },
      close: () => producer.close(),
    };
  },
};
