import { alertKafka } from './alert-kafka.ts';

/** The collectors of others' alerts that there are, each a `Component` without context: one line each. */
export const alertCollectors = { kafka: alertKafka };
