import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../config/schema.ts';

const file = path.resolve(
  import.meta.dirname,
  '../../deploy/grafana/provisioning/datasources/foreshock.yaml',
);

/** The fields that we use of https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources */
const provisioning = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.tuple([
    z.strictObject({
      name: z.string(),
      uid: z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/),
      type: z.literal('prometheus'),
      access: z.enum(['proxy', 'direct']),
      url: z.url(),
      isDefault: z.boolean(),
      editable: z.boolean(),
      jsonData: z.strictObject({
        httpMethod: z.enum(['GET', 'POST']),
        prometheusType: z.enum(['Prometheus', 'Cortex', 'Mimir', 'Thanos']),
        timeInterval: z.string().regex(/^\d+[smh]$/),
        manageAlerts: z.boolean(),
      }),
    }),
  ]),
});

it('the data source leads to where foreshock listens unless told otherwise, and does not become the default', () => {
  const [source] = provisioning.parse(parse(readFileSync(file, 'utf8'))).datasources;
  expect(source.url).toBe(`http://${configSchema.parse({ packs: ['node'] }).web.listen}`);
  expect(source.isDefault).toBe(false);
});
