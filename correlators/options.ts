import { z } from 'zod';
import { placeLabels } from './place.ts';

/** Options of the correlator; durations in ms. */
export const correlatorOptions = z.strictObject({
  /** How long an incident gathers before its first notification. */
  groupWait: z.number().nonnegative().default(30_000),
  /** How long after the last activity of a place an alert there still joins. */
  window: z.number().positive().default(60_000),
  /** Quiet for so long ends an incident. */
  resolveAfter: z.number().positive().default(180_000),
  /** How long after a callee failed its callers are still held to suffer from it. */
  spread: z.number().nonnegative().default(150_000),
  /** How long after a symptom its cause may still show. */
  lateCause: z.number().nonnegative().default(10_000),
  /** How long after a callee that still is in trouble failed a caller may begin to suffer. */
  lateFollower: z.number().nonnegative().default(300_000),
  /** How long after its last alert a place may suffer again from one that still is in trouble. */
  relapse: z.number().nonnegative().default(600_000),
  /** How many calls may lie between an alert and the place through which it joins. */
  maxHops: z.number().int().min(0).max(5).default(1),
  /** Labels that say where an alert is, the most telling first. */
  labels: z.array(z.string()).default([...placeLabels]),
});
export type CorrelatorOptions = z.output<typeof correlatorOptions>;
