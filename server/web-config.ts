import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';

const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

/** bcrypt doubles its work with each step of its cost: above 15 one password takes seconds. */
const bcryptHash = z
  .string({ error: 'must be a bcrypt hash' })
  .regex(/^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/, 'must be a bcrypt hash, as `htpasswd -nBC 10 ""` prints it')
  .refine(hash => !/^\$2.\$(?:1[6-9]|[2-9]\d)\$/.test(hash), 'must have a cost of at most 15');

/** A key of Prometheus' exporters that we refuse, with the reason. */
const refused = (reason: string) => z.never({ error: `is not taken: ${reason}` }).optional();
const suites = 'the cipher suites and curves are the defaults of Node.js for TLS 1.2 and 1.3';

const tlsVersion = z.enum(['TLS12', 'TLS13'], { error: 'must be TLS12 or TLS13: older ones are broken' });

const tlsSchema = z
  .strictObject({
    cert_file: z.string().min(1),
    key_file: z.string().min(1),
    client_auth_type: z.enum(clientAuthTypes).default('NoClientCert'),
    client_ca_file: z.string().min(1).optional(),
    client_allowed_sans: z.array(z.string().min(1)).default([]),
    min_version: tlsVersion.default('TLS12'),
    max_version: tlsVersion.default('TLS13'),
    cipher_suites: refused(suites),
    curve_preferences: refused(suites),
    prefer_server_cipher_suites: refused(suites),
  })
  .refine(tls => !/Verify/.test(tls.client_auth_type) || tls.client_ca_file !== undefined, {
    path: ['client_ca_file'],
    message: 'is needed when client certificates are verified',
  })
  .refine(tls => tls.client_allowed_sans.length === 0 || tls.client_auth_type.endsWith('VerifyClientCert'), {
    path: ['client_allowed_sans'],
    message: 'needs client_auth_type: RequireAndVerifyClientCert',
  })
  .refine(tls => tls.min_version <= tls.max_version, {
    path: ['max_version'],
    message: 'must not be below min_version',
  });

const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'must be the name of an HTTP header'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'must be one line of printable characters'),
);

const interval = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** The form of Prometheus' exporter toolkit for `--web.config.file`; unknown keys are errors. */
export const webConfigSchema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  basic_auth_users: z.record(z.string().min(1), bcryptHash).default({}),
  http_server_config: z
    .strictObject({
      /** HTTP/2 beside HTTP/1.1; only over TLS. */
      http2: z.boolean().default(true),
      headers: headers.default({}),
    })
    .prefault({}),
  /** One request an interval, and `burst` at once; off while the interval is 0. */
  rate_limit: z
    .strictObject({ interval: interval.default(0), burst: z.int().min(1).default(1) })
    .prefault({}),
});
export type WebConfig = z.output<typeof webConfigSchema>;

/** The same config with the paths in it made relative to its file. */
export function withPaths(config: WebConfig, file: string): WebConfig {
  const tls = config.tls_server_config;
  if (tls === undefined) return config;
  const at = (path: string): string => resolve(dirname(file), path);
  const paths = { cert_file: at(tls.cert_file), key_file: at(tls.key_file) };
  const ca = tls.client_ca_file === undefined ? {} : { client_ca_file: at(tls.client_ca_file) };
  return { ...config, tls_server_config: { ...tls, ...paths, ...ca } };
}
