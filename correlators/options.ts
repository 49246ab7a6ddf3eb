import { z } from 'zod';
import type { KinshipKind } from './kinship.ts';
import { placeLabels } from './place.ts';

/** Options of the correlator; durations in ms. */
export const correlatorOptions = z.strictObject({
  /** How long an incident gathers before its first notification, twice as long while nothing in it is critical. */
  groupWait: z.number().nonnegative().default(30_000),
  /** The time in which most symptoms of an incident show: the scale on which alerts are held to belong together. */
  window: z.number().positive().default(60_000),
  /** Quiet for so long ends an incident whose alerts do not come and go. */
  resolveAfter: z.number().positive().default(180_000),
  /** How many calls may lie between an alert and the place through which it joins. */
  maxHops: z.number().int().min(0).max(5).default(2),
  /** Labels that say where an alert is, the most telling first. */
  labels: z.array(z.string()).default([...placeLabels]),
  /** Whether a way to belong together is switched off. */
  isOff: z
    .custom<(kind: KinshipKind) => boolean>(value => typeof value === 'function')
    .default(() => () => false),
});
export type CorrelatorOptions = z.output<typeof correlatorOptions>;
