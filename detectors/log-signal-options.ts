import { z } from 'zod';

const hour = 3_600_000;

/** How signals are made of log lines; times in ms. */
export const logSignalOptions = z.strictObject({
  step: z.int().min(1000).default(15_000).describe('Length of a step, ms; each closed step gives samples.'),
  window: z
    .int()
    .min(1000)
    .default(300_000)
    .describe('How much of the past a change of the mix is looked for in, ms.'),
  memory: z
    .int()
    .min(60_000)
    .default(6 * hour)
    .describe('Time constant of what is usual, ms.'),
  learning: z
    .int()
    .nonnegative()
    .default(6 * hour)
    .describe('How long a source and an entity are known before a template or a session counts as new, ms.'),
  idle: z.int().min(1000).default(60_000).describe('A session without a line for so long is over, ms.'),
  templates: z
    .int()
    .min(1)
    .default(100)
    .describe('Templates of an entity with a series of their own; the others share the template "other".'),
  entities: z
    .int()
    .min(1)
    .default(2000)
    .describe('Entities that are counted; lines of more are counted as refused.'),
});
export type LogSignalOptions = z.output<typeof logSignalOptions>;
