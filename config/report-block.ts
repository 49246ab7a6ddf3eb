import { Cron } from 'croner';
import { z } from 'zod';
import { httpAccess, oneCredential } from '../core/http-access.ts';
import { http, isTimeZone } from './field.ts';

/** The forms that a report may have. */
export const reportFormats = ['html', 'pdf', 'csv', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

function isSchedule(text: string): boolean {
  try {
    return new Cron(text, { paused: true, mode: '5-part' }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** An address, with or without a name before it; a line feed would begin a header of its own. */
const address = z
  .string()
  .regex(
    /^(?:[^<>\p{Cc}]*<[^<>@\s\p{Cc}]+@[^<>@\s\p{Cc}]+>|[^<>@\s,;\p{Cc}]+@[^<>@\s,;\p{Cc}]+)$/u,
    'must be an address such as sre@example.com or "SRE <sre@example.com>"',
  );

const smtp = z
  .strictObject({
    smarthost: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:[\]/\s]+):\d{1,5}$/, 'must read like mail.example.com:587')
      .describe('Mail server and port; on 465 TLS begins at once, else by STARTTLS.'),
    from: address.describe('Sender.'),
    to: z.array(address).min(1).describe('Recipients.'),
    auth_username: z.string().optional().describe('User name, where the server wants one.'),
    auth_password: z.string().optional().describe('Password.'),
    auth_password_file: z
      .string()
      .optional()
      .describe('File that holds the password, read anew for each message.'),
    require_tls: z
      .boolean()
      .default(true)
      .describe('Never send without TLS; false for a server of the same machine.'),
    tls_config: httpAccess.tls_config,
  })
  .refine(value => value.auth_password === undefined || value.auth_password_file === undefined, {
    message: 'give either auth_password or auth_password_file, not both',
    path: ['auth_password_file'],
  })
  .refine(
    value =>
      (value.auth_username === undefined) ===
      (value.auth_password === undefined && value.auth_password_file === undefined),
    { message: 'user name and password come together', path: ['auth_username'] },
  );

/** The block `report`. */
export const reportBlock = z
  .strictObject({
    schedule: z
      .string()
      .default('0 8 * * 1')
      .refine(
        isSchedule,
        'must be minute, hour, day, month and weekday as cron has them, such as "0 8 * * 1"',
      )
      .describe('When the capacity report is made, as cron says it: Mondays 08:00 unless given.'),
    time_zone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
      .optional()
      .describe("The readers' time zone, for schedule and dates; that of the machine unless given."),
    formats: z
      .array(z.enum(reportFormats))
      .min(1)
      .default(['html', 'pdf'])
      .describe('What is put into the folder and attached to the mail.'),
    smtp: smtp.optional().describe('Mail it.'),
    webhook: z
      .strictObject(http)
      .refine(oneCredential.check, oneCredential.params)
      .optional()
      .describe('Post it as JSON: `text` for chats, and `report`.'),
    folder: z.string().min(1).optional().describe('Put its files there.'),
  })
  .refine(
    ({ smtp: mail, webhook, folder }) => [mail, webhook, folder].some(target => target !== undefined),
    'give at least one of smtp, webhook, folder: else nobody gets the report',
  );
export type ReportBlock = z.output<typeof reportBlock>;
