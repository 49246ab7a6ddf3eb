import { z } from 'zod';
import { parseDuration } from './duration.ts';

const durationWords = 'must be a duration such as 15s, 5m or 1h30m';
/** A duration such as 15s, read to ms. */
export const duration = z.string({ error: durationWords }).transform((text, context) => {
  try {
    return parseDuration(text);
  } catch {
    context.addIssue({ code: 'custom', message: durationWords });
    return z.NEVER;
  }
});
/** One above 0. */
export const positive = duration.refine(ms => ms > 0, 'must be above 0');
