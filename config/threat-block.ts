import { z } from 'zod';
import { duration, positive } from '../core/duration-field.ts';
import { count } from './field.ts';

const shortest = 900_000;
const longest = 14_400_000;
const feedKinds = ['taxii', 'misp'] as const;
/** Checked against the collector that they are for, see `load.ts`. */
const looseOptions = z.record(z.string(), z.unknown());
const percent = z.number().min(0).max(100);

/** One item of the block `threat_feeds`. */
export const threatFeed = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.:-]+$/, 'must be made of letters, digits and _ . : -')
      .describe('Name of the feed; what was read of it is kept under this name.'),
    interval: duration
      .default(3_600_000)
      .refine(ms => ms >= shortest && ms <= longest, 'must be from 15m to 4h')
      .describe('The feed promises something new within it; else it is stale, which is told.'),
    poll_interval: positive
      .optional()
      .describe('How often it is read; a quarter of `interval` unless given.'),
    max_indicators: count
      .max(20_000_000)
      .default(1_000_000)
      .describe('Most values that are kept; of more the oldest leave, which is told.'),
    max_age: positive
      .default(7_776_000_000)
      .describe('How long an indicator without an end is fresh after it was modified.'),
    confidence: percent.default(50).describe('Confidence of indicators that say none, 0 to 100.'),
    min_confidence: percent.default(0).describe('Indicators with less confidence are left out.'),
    labels: z
      .array(z.string())
      .default([])
      .describe('Only indicators with one of these labels, types or tags; all unless given.'),
    taxii: looseOptions.optional().describe('Reads collections of a TAXII 2.1 server.'),
    misp: looseOptions.optional().describe('Reads attributes of a MISP.'),
  })
  .refine(
    given => feedKinds.filter(kind => given[kind] !== undefined).length === 1,
    `give exactly one of ${feedKinds.join(', ')}`,
  );
export type ThreatFeedConfig = z.output<typeof threatFeed>;
