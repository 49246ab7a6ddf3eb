import { z } from 'zod';
import { type Alert, storedAlertSchema } from './alert.ts';
import type { Labels } from './labels.ts';

/** A ranked candidate for the cause, with its evidence in words and numbers. */
export interface Suspect {
  readonly entity: Labels;
  readonly signal: string;
  readonly score: number;
  readonly evidence: readonly string[];
}

/** An alert of an incident and why it belongs to it, in words. */
export interface Member {
  readonly alert: Alert;
  readonly reason: string;
}

/** One line of what happened, `at` in ms; `kind` where it is not the incident's own doing: a deploy, a setting, a scaling. */
export interface TimelineEntry {
  readonly at: number;
  readonly what: string;
  readonly kind?: 'change';
}

/** The chance of one thing that may become of an incident, with the facts that raise it. */
export interface Chance {
  /** What may happen: "its severity rises". */
  readonly what: string;
  readonly p: number;
  readonly drivers: readonly string[];
}

/** The odds that an incident gets worse, and of each way in which it may; undefined = not enough history to say. */
export interface Escalation {
  readonly p: number;
  readonly drivers: readonly string[];
  readonly chances?: readonly Chance[];
}

/** One incident: what an engineer is paged for. Times in ms; `endsAt` undefined while open. */
export interface Incident {
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly members: readonly Member[];
  readonly suspects: readonly Suspect[];
  readonly escalation: Escalation | undefined;
  /** Why nothing is said of its odds, in words: "12 incidents known, 200 needed". */
  readonly oddsUnknown?: string;
  readonly timeline: readonly TimelineEntry[];
  /** State changes that were told to a person: opened, grown, resolved. */
  readonly notifications: readonly { readonly at: number; readonly why: string }[];
}

const words = z.array(z.string());
const chanceSchema = z.object({ what: z.string(), p: z.number(), drivers: words });

/** An incident as the store keeps it: the JSON of an `Incident`, in which what is undefined is left out. */
export const storedIncidentSchema = z
  .object({
    id: z.string(),
    startsAt: z.number(),
    endsAt: z.number().optional(),
    members: z.array(z.object({ alert: storedAlertSchema, reason: z.string() })),
    suspects: z.array(
      z.object({
        entity: z.record(z.string(), z.string()),
        signal: z.string(),
        score: z.number(),
        evidence: words,
      }),
    ),
    escalation: z
      .object({ p: z.number(), drivers: words, chances: z.array(chanceSchema).exactOptional() })
      .optional(),
    oddsUnknown: z.string().exactOptional(),
    timeline: z.array(
      z.object({ at: z.number(), what: z.string(), kind: z.literal('change').exactOptional() }),
    ),
    notifications: z.array(z.object({ at: z.number(), why: z.string() })),
  })
  .transform(
    (incident): Incident => ({
      ...incident,
      endsAt: incident.endsAt,
      escalation: incident.escalation,
    }),
  );
