import { z } from 'zod';
import { durationOption } from './duration-option.ts';

const address = /^(?:\[([\da-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i;

/** Host (undefined = all addresses) and port of an address to listen on; undefined when it is none. */
function readAddress(text: string): { readonly host?: string; readonly port: number } | undefined {
  const found = address.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port > 65_535) return undefined;
  const host = found[1] ?? found[2];
  return host === undefined || host === '' ? { port } : { host, port };
}

const listen = z
  .string()
  .default('127.0.0.1:24224')
  .transform((text, context) => {
    const read = readAddress(text);
    if (read !== undefined) return read;
    const message = `"${text}" is no address to listen on: write it like 127.0.0.1:24224 or :24224`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const tls = z.strictObject({
  cert_file: z.string().describe('Certificate of the server; taken up anew when the file changes.'),
  key_file: z.string().describe('Its key.'),
  client_ca_file: z
    .string()
    .optional()
    .describe('Authority of client certificates; when given, only clients that have one are let in.'),
});

/** How senders of the Fluent forward protocol are served. */
export const fluentForwardOptions = z
  .strictObject({
    name: z.string().min(1).default('fluent_forward').describe('Name of the source.'),
    listen: listen.describe('Address to listen on, for TCP and for UDP heartbeats.'),
    labels: z.record(z.string(), z.string()).default({}).describe('Labels of every record.'),
    tls: tls.optional().describe('Serve TLS instead of plain TCP.'),
    shared_key: z.string().min(1).optional().describe('Key that every sender has to know.'),
    shared_key_file: z.string().optional().describe('File that holds the shared key, read for each sender.'),
    username: z.string().min(1).optional().describe('User that senders name, besides the shared key.'),
    password: z.string().optional().describe('Password of the user.'),
    password_file: z.string().optional().describe('File that holds the password, read for each sender.'),
    max_message_bytes: z
      .int()
      .min(1024)
      .max(1_073_741_824)
      .default(33_554_432)
      .describe('Largest message, also when inflated; a larger one ends its connection.'),
    max_connections: z.int().min(1).max(65_536).default(1024).describe('Senders at the same time.'),
    timeout: durationOption('30s', 1).describe(
      'A sender that stops within a message or within the handshake is disconnected after so long.',
    ),
  })
  .refine(({ shared_key, shared_key_file }) => shared_key === undefined || shared_key_file === undefined, {
    message: 'give either shared_key or shared_key_file, not both',
    path: ['shared_key_file'],
  })
  .refine(({ password, password_file }) => password === undefined || password_file === undefined, {
    message: 'give either password or password_file, not both',
    path: ['password_file'],
  })
  .refine(it => it.username === undefined || (it.shared_key ?? it.shared_key_file) !== undefined, {
    message: 'a user is asked for together with a shared key: give shared_key or shared_key_file',
    path: ['username'],
  })
  .refine(it => it.username === undefined || (it.password ?? it.password_file) !== undefined, {
    message: 'needs password or password_file',
    path: ['username'],
  });
export type FluentForwardOptions = z.output<typeof fluentForwardOptions>;
