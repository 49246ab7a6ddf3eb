import { elasticsearch } from './elasticsearch.ts';
import { kafka } from './kafka.ts';

/** The sinks of foreshock's own events that there are: one line each. */
export const sinks = { elasticsearch, kafka };
