import { z } from 'zod';
import { storedAlertSchema } from '../core/alert.ts';
import type { Notification } from '../core/receiver.ts';

const schema = z.object({
  key: z.string(),
  status: z.enum(['firing', 'resolved']),
  alert: storedAlertSchema,
});

/** A notification as the text that the outbox keeps. */
export function writeNotification(notification: Notification): string {
  return JSON.stringify(notification);
}

/** The inverse of `writeNotification`. Throws when the text is not one. */
export function readNotification(text: string): Notification {
  return schema.parse(JSON.parse(text));
}
