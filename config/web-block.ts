import { z } from 'zod';
import { httpUrl } from '../core/http-access.ts';

/** A port of one's own machine, with or without the address to listen on. */
function isAddress(text: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^:[\]/\s]*):(\d{1,5})$/.exec(text)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}

/** The block `web`. */
export const webBlock = z.strictObject({
  listen: z
    .string()
    .refine(isAddress, 'must read like 127.0.0.1:9477 or [::1]:9477')
    .default('127.0.0.1:9477')
    .describe('Address and port.'),
  config_file: z.string().optional().describe('Web config file with TLS and users.'),
  external_url: httpUrl.optional().describe('URL under which people reach it.'),
  alertmanager_url: httpUrl
    .optional()
    .describe('Alertmanager as people reach it, for links to silences; else where alerts go.'),
  runbook_url: z
    .string()
    .regex(/^https?:\/\/.*\{alert\}/, 'must be an http or https URL with {alert} in it')
    .optional()
    .describe('Pages of your own for our alerts, with {alert} for the name; else foreshock serves its own.'),
});
