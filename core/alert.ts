import { z } from 'zod';
import type { Labels } from './labels.ts';

/** An alert in Alertmanager's form, ours and others' alike. Times in ms; `endsAt` is undefined while it fires. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly generatorURL: string;
  /** `fingerprint(labels)`. */
  readonly fingerprint: string;
}

/** An alert that was held back, and by which rule (in words); `rule` names it where the words tell more than that. */
export interface Suppressed {
  readonly alert: Alert;
  readonly by: string;
  readonly rule?: string;
}

const labels = z.record(z.string(), z.string());

/** An alert as the store keeps it: the JSON of an `Alert`, in which an undefined `endsAt` is left out. */
export const storedAlertSchema = z
  .object({
    labels,
    annotations: labels,
    startsAt: z.number(),
    endsAt: z.number().optional(),
    generatorURL: z.string(),
    fingerprint: z.string(),
  })
  .transform((alert): Alert => ({ ...alert, endsAt: alert.endsAt }));
