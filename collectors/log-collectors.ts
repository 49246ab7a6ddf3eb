import { elasticsearch } from './elasticsearch.ts';
import { fileTail } from './file-tail.ts';
import { fluentForward } from './fluent-forward.ts';
import { kafka } from './kafka.ts';

/** The collectors of logs that there are, each a `Component` without context: one line each. */
export const logCollectors = {
  elasticsearch,
  file_tail: fileTail,
  fluent_forward: fluentForward,
  kafka,
};
