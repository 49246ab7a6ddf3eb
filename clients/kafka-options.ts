import { z } from 'zod';
import { httpAccess } from '../core/http-access.ts';

const broker = z
  .string()
  .regex(/^[\w.-]+:\d{1,5}$|^\[[\da-fA-F:]+\]:\d{1,5}$/, 'must be host:port, e.g. kafka-1.example:9092');

const sasl = z
  .strictObject({
    mechanism: z
      .enum(['scram-sha-256', 'scram-sha-512', 'plain'])
      .describe('How the password is proved; plain sends it, so that it needs TLS.'),
    username: z.string().min(1).describe('User name.'),
    password: z.string().optional().describe('Password.'),
    password_file: z
      .string()
      .optional()
      .describe('File that holds the password, read anew for each connection.'),
  })
  .refine(
    value => (value.password === undefined) !== (value.password_file === undefined),
    'give either password or password_file, one of them',
  );

/** How Kafka is reached; collectors and sinks share it. */
export const kafkaAccess = {
  brokers: z.array(broker).min(1).describe('Brokers to ask first, host:port each; they name the others.'),
  client_id: z
    .string()
    .min(1)
    .default('foreshock')
    .describe('Name that the brokers see in their logs and quotas.'),
  sasl: sasl.optional().describe('User of the brokers; without it nobody is named.'),
  tls_config: httpAccess.tls_config.describe(
    'Certificate authority, client certificate, server name; TLS is spoken where this is given, be it empty ({}).',
  ),
};

const schema = z.strictObject(kafkaAccess);
export type KafkaAccess = z.output<typeof schema>;
