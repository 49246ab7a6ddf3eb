import { z } from 'zod';
import { duration, positive } from '../core/duration-field.ts';
import { httpUrl, oneCredential } from '../core/http-access.ts';
import { count, http } from './field.ts';

/** A uid as Grafana takes it. */
const uid = z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ and -');

const push = z
  .strictObject({
    ...http,
    url: httpUrl.describe('Base URL of Grafana.'),
    token_file: z
      .string()
      .optional()
      .describe('File that holds the token of a service account, read anew for each request.'),
    folder: z.string().min(1).default('foreshock').describe('Title of the folder, where it is made.'),
    folder_uid: uid.default('foreshock').describe('The folder that the dashboards are in.'),
    schema: z
      .enum(['v1', 'v2'])
      .default('v1')
      .describe('Schema of the dashboards: `v2` needs Grafana 12.2 or later; files are always `v1`.'),
    namespace: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be default, org-2 or stacks-1234, as Grafana names it')
      .default('default')
      .describe(
        'The organisation as the API of the schema `v2` names it: `default`, `org-2`, `stacks-1234`.',
      ),
    annotations: z
      .boolean()
      .default(true)
      .describe('Mark incidents, anomalies and changes on the axis of time, for every dashboard.'),
    alert_rules: z
      .strictObject({
        datasource_uid: uid.describe('The Prometheus that is asked, as Grafana knows it.'),
      })
      .optional()
      .describe('Also write the alerts of the packs as alert rules of Grafana.'),
  })
  .refine(oneCredential.check, oneCredential.params)
  .refine(
    ({ token_file: token, basic_auth: basic, authorization }) =>
      token === undefined || (basic === undefined && authorization === undefined),
    { message: 'give one of token_file, basic_auth and authorization', path: ['token_file'] },
  );
export type PushBlock = z.output<typeof push>;

/** What becomes of the dashboards of incidents; times in ms. */
export type DashboardPolicy = z.output<typeof policy>;
const policy = z.strictObject({
  keep: z
    .union([z.enum(['forever']), duration], {
      error: 'must be a duration such as 30d, or forever',
    })
    .default(2_592_000_000)
    .describe('How long after the end of its incident a dashboard is kept: a duration or `forever`.'),
  resolved: z
    .enum(['keep', 'remove'])
    .default('keep')
    .describe('What becomes of it when the incident is over.'),
  most: count.default(200).describe('Most dashboards of incidents; those of the oldest that are over go.'),
  update_interval: positive
    .default(30_000)
    .describe('Shortest time between two versions of a dashboard while its incident grows.'),
});

/** The block `dashboards`. */
export const dashboardsBlock = z
  .strictObject({
    path: z.string().optional().describe('Provisioning folder.'),
    grafana_url: httpUrl.optional().describe('Grafana, for links; that of `push` unless given.'),
    push: push.optional().describe("Push them by Grafana's HTTP API."),
    incidents: policy.prefault({}).describe('The dashboards of incidents.'),
  })
  .refine(
    ({ path, push: pushed }) => path !== undefined || pushed !== undefined,
    'give path, push, or both: else they are nowhere',
  );
export type DashboardsBlock = z.output<typeof dashboardsBlock>;
