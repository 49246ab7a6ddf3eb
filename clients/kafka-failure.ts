import { SourceError } from '../core/series.ts';
import { connectionFailure } from './connection-failure.ts';
import type { KafkaAccess } from './kafka-options.ts';

/** By the type of Kafka's own errors, and by the names that kafkajs gives. */
const words: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'a topic is not there (any more)',
  TOPIC_AUTHORIZATION_FAILED: 'the user may not read or write the topic: its ACL says so',
  GROUP_AUTHORIZATION_FAILED: 'the user may not use the consumer group: its ACL says so',
  CLUSTER_AUTHORIZATION_FAILED: 'the user may not do this on the cluster: its ACL says so',
  MESSAGE_TOO_LARGE: 'a message is larger than the topic takes (max.message.bytes)',
  INVALID_SESSION_TIMEOUT:
    'session_timeout is outside of what the broker allows (group.min.session.timeout.ms)',
  KafkaJSSASLAuthenticationError: 'it refuses the user name or the password (sasl)',
  KafkaJSRequestTimeoutError: 'no answer in time',
};

/** The innermost error: kafkajs wraps what happened in how often it tried. */
function root(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? root(error.cause) : error;
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}

function closedHint({ sasl, tls_config: tls }: KafkaAccess): string {
  if (tls === undefined) return ': does it want TLS (tls_config: {})?';
  return sasl === undefined ? ': does it want a user (sasl)?' : '';
}

/** What is refused whenever it is asked again. */
const final = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];

/** An error of kafkajs in words, without its stack and without secrets; asking again may help but where the message itself is refused. */
export function kafkaFailure(error: unknown, access: KafkaAccess): SourceError {
  if (error instanceof SourceError) return error;
  const cause = root(error);
  const type = typeOf(cause);
  const closed = type === 'KafkaJSConnectionClosedError' ? closedHint(access) : '';
  const why = words[type] ?? `${connectionFailure(cause)}${closed}`;
  return new SourceError(`Kafka at ${access.brokers.join(', ')}: ${why}`, {
    retryable: !final.includes(type),
    cause: error,
  });
}
