import { z } from 'zod';
import { kafkaAccess } from '../clients/kafka-options.ts';
import { durationOption } from './duration-option.ts';

/** How topics are read as a member of a consumer group, whatever they hold; `group` is the group unless told. */
export const kafkaReading = (group: string) => ({
  ...kafkaAccess,
  topics: z.array(z.string().min(1)).min(1).describe('Topics to read.'),
  group_id: z.string().min(1).default(group).describe('Consumer group; its members share the partitions.'),
  start_at: z
    .enum(['beginning', 'end'])
    .default('end')
    .describe('Where to begin in a topic that neither the store nor the group knows a position of.'),
  session_timeout: durationOption('30s', 500).describe(
    'Time without a sign of life after which the group gives our partitions to others.',
  ),
});
