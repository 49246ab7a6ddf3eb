import { z } from 'zod';
import { type Asked, datasources } from './sources.ts';

const source = z.object({ uid: z.string() }).optional();
const targetSchema = z.object({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string().default(''),
  instant: z.boolean().default(false),
  datasource: source,
});
const property = z.object({ id: z.string(), value: z.unknown() });
const overrideSchema = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(property),
});
const stepSchema = z.object({ value: z.number().nullable(), color: z.string() });
const panelSchema = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  timeFrom: z.string().optional(),
  targets: z.array(targetSchema).default([]),
  fieldConfig: z
    .object({
      defaults: z
        .object({
          unit: z.string().default('short'),
          min: z.number().optional(),
          max: z.number().optional(),
          noValue: z.string().default(''),
          thresholds: z.object({ steps: z.array(stepSchema) }).optional(),
          custom: z.object({ thresholdsStyle: z.object({ mode: z.string() }).optional() }).optional(),
        })
        .prefault({}),
      overrides: z.array(overrideSchema).default([]),
    })
    .prefault({}),
  transformations: z.array(z.object({ id: z.string(), options: z.unknown() })).default([]),
  options: z
    .object({
      content: z.string().default(''),
      sortBy: z.array(z.object({ displayName: z.string(), desc: z.boolean().default(false) })).default([]),
    })
    .prefault({}),
});
/** A panel as far as a preview draws it. */
export type PreviewPanel = z.output<typeof panelSchema>;
/** One query of it. */
export type PreviewTarget = PreviewPanel['targets'][number];

const markSchema = z.object({
  name: z.string().default(''),
  expr: z.string().default(''),
  enable: z.boolean().default(true),
  iconColor: z.string().default('red'),
  titleFormat: z.string().default(''),
  datasource: source,
  filter: z.object({ exclude: z.boolean().default(false), ids: z.array(z.number()) }).optional(),
});
/** A query whose samples are moments to mark. */
export type PreviewMark = z.output<typeof markSchema>;

const variableSchema = z.object({
  name: z.string(),
  type: z.string(),
  query: z.unknown(),
  datasource: source,
});

const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  description: z.string().default(''),
  time: z.object({ from: z.string(), to: z.string() }),
  annotations: z.object({ list: z.array(markSchema).default([]) }).prefault({}),
  templating: z.object({ list: z.array(variableSchema).default([]) }),
  panels: z.array(panelSchema),
});
/** A dashboard as far as a preview draws it. */
export type PreviewDashboard = z.output<typeof dashboardSchema>;

/** Reads a dashboard in Grafana's v1 JSON; throws a ZodError for what is none. */
export function readDashboard(json: unknown): PreviewDashboard {
  return dashboardSchema.parse(json);
}

/** Whom a query asks. */
export function askedBy({
  datasource,
}: {
  readonly datasource?: { readonly uid: string } | undefined;
}): Asked {
  return datasource?.uid === datasources.foreshock.uid ? 'foreshock' : 'metrics';
}
