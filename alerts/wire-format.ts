import { z } from 'zod';
import type { Notification } from '../core/receiver.ts';

const labels = z.record(z.string(), z.string());
const schema = z.object({
  key: z.string(),
  status: z.enum(['firing', 'resolved']),
  alert: z.object({
    labels,
    annotations: labels,
    startsAt: z.number(),
    endsAt: z.number().optional(),
    generatorURL: z.string(),
    fingerprint: z.string(),
  }),
});

/** A notification as the text that the outbox keeps. */
export function writeNotification(notification: Notification): string {
  return JSON.stringify(notification);
}

/** The inverse of `writeNotification`. Throws when the text is not one. */
export function readNotification(text: string): Notification {
  const { key, status, alert } = schema.parse(JSON.parse(text));
  return { key, status, alert: { ...alert, endsAt: alert.endsAt } };
}
