import { z } from 'zod';

const basicAuth = z
  .strictObject({
    username: z.string().describe('User name.'),
    password: z.string().optional().describe('Password.'),
    password_file: z
      .string()
      .optional()
      .describe('File that holds the password, read anew for each request.'),
  })
  .refine(value => value.password === undefined || value.password_file === undefined, {
    message: 'give either password or password_file, not both',
    path: ['password_file'],
  });

const authorization = z
  .strictObject({
    type: z.string().default('Bearer').describe('Scheme of the Authorization header.'),
    credentials: z.string().optional().describe('Token.'),
    credentials_file: z
      .string()
      .optional()
      .describe('File that holds the token, read anew for each request.'),
  })
  .refine(
    value => (value.credentials === undefined) !== (value.credentials_file === undefined),
    'give either credentials or credentials_file, one of them',
  );

const tlsConfig = z
  .strictObject({
    ca_file: z.string().optional().describe('Certificate authority to trust instead of those of the system.'),
    cert_file: z.string().optional().describe('Client certificate; taken up anew when the file changes.'),
    key_file: z.string().optional().describe('Key of the client certificate.'),
    server_name: z.string().optional().describe('Name expected in the server certificate.'),
    insecure_skip_verify: z.boolean().default(false).describe('Accept any server certificate.'),
  })
  .refine(
    value => (value.cert_file === undefined) === (value.key_file === undefined),
    'cert_file and key_file come together',
  );

/** Headers that follow from the request or from `basic_auth` and `authorization`, so that nobody sets them twice. */
const reserved = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const headers = z
  .record(z.string(), z.string())
  .default({})
  .superRefine((given, context) => {
    const wrong = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    for (const [name, value] of Object.entries(given)) {
      if (reserved.has(name.toLowerCase()))
        wrong(name, 'cannot be set here: see basic_auth, authorization and url');
      else if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) wrong(name, 'is no name of an HTTP header');
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
        wrong(name, 'its value holds a character that no header may');
    }
  });

/** How a server is reached, in the words of Prometheus' and Alertmanager's HTTP clients. */
export const httpAccess = {
  basic_auth: basicAuth.optional().describe('User name and password.'),
  authorization: authorization.optional().describe('Token.'),
  tls_config: tlsConfig.optional().describe('Certificate authority, client certificate, server name.'),
  headers: headers.describe('Extra request headers, e.g. X-Scope-OrgID for a tenant.'),
};

const schema = z.strictObject(httpAccess);
export type HttpAccess = z.output<typeof schema>;

/** An http or https address; a password in it would be shown wherever the address is. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine(text => !/^\w+:\/\/[^/?#]*@/.test(text), 'must hold no user and password: basic_auth takes them');

/** The refinement of whatever holds `httpAccess`: there is one Authorization header. */
export const oneCredential = {
  check: (value: Pick<HttpAccess, 'basic_auth' | 'authorization'>): boolean =>
    value.basic_auth === undefined || value.authorization === undefined,
  params: { message: 'give either basic_auth or authorization, not both', path: ['authorization'] },
};
