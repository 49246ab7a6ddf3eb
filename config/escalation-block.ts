import { z } from 'zod';
import { positive } from '../core/duration-field.ts';

const hour = 3_600_000;

/** The block `escalation`. */
export const escalationBlock = z.strictObject({
  objectives: z
    .strictObject({
      critical: positive.default(hour).describe('For critical ones.'),
      error: positive.default(4 * hour).describe('For those of severity error.'),
      warning: positive.default(8 * hour).describe('For warnings, and what has no severity that we know.'),
      info: positive.default(72 * hour).describe('For all below.'),
    })
    .prefault({})
    .describe('In which time an incident is to be over, by its gravest severity.'),
});
