import { z } from 'zod';
import { positive } from '../core/duration-field.ts';
import { count } from './field.ts';

const day = 86_400_000;

/** The block `regret`. */
export const regretBlock = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe(
      'A rule that holds alerts back is switched off when it was surely wrong more often than this share of the times.',
    ),
  least: count.default(3).describe('Fewer regrets switch no rule off.'),
  window: positive.default(90 * day).describe('Time that counts.'),
  outlives: positive
    .default(1_800_000)
    .describe(
      'What was held back and fires on so long after the rest of its incident had ended was hidden wrongly.',
    ),
});
