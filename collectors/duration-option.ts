import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';

/** An option that is a duration of at least `least` ms in Prometheus' form, read to ms. */
export function durationOption(fallback: string, least: number) {
  return z
    .string()
    .transform((text, context) => {
      try {
        const ms = parseDuration(text);
        if (ms >= least) return ms;
        context.addIssue({ code: 'custom', message: `must be at least ${least}ms, got ${text}` });
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
      return z.NEVER;
    })
    .default(parseDuration(fallback));
}
