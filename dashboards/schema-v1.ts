import {
  AnnotationQueryPlacement,
  DashboardLinkPlacement,
  DashboardLinkType,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboardv2beta1';
import { z } from 'zod';

// Strict throughout: a setting that is new here must be carried over to other schemas, or the reading fails.

const source = z.strictObject({ type: z.string(), uid: z.string() });
const place = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
/** What remains is the data source's own: a query as it understands it. */
const target = z.looseObject({ refId: z.string(), hide: z.boolean().default(false), datasource: source });
const fieldConfig = z.strictObject({
  defaults: z.strictObject({
    unit: z.string().optional(),
    noValue: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    thresholds: z
      .strictObject({
        mode: z.enum(ThresholdsMode),
        steps: z.array(z.strictObject({ value: z.number().nullable(), color: z.string() })),
      })
      .optional(),
    custom: z.unknown().optional(),
  }),
  overrides: z.array(
    z.strictObject({
      matcher: z.strictObject({ id: z.string(), options: z.unknown() }),
      properties: z.array(z.strictObject({ id: z.string(), value: z.unknown() })),
    }),
  ),
});
const panel = z.strictObject({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: place,
  transparent: z.boolean().default(false),
  /** Of a panel that is not repeated it says nothing. */
  repeatDirection: z.string().optional(),
  /** What its queries ask when they do not say it themselves, which ours do. */
  datasource: source.optional(),
  targets: z.array(target).default([]),
  transformations: z.array(z.strictObject({ id: z.string(), options: z.unknown() })).default([]),
  timeFrom: z.string().optional(),
  hideTimeOverride: z.boolean().optional(),
  fieldConfig: fieldConfig.default({ defaults: {}, overrides: [] }),
  options: z.unknown().optional(),
});
const row = z.strictObject({
  id: z.number(),
  type: z.literal('row'),
  title: z.string(),
  gridPos: place,
  collapsed: z.boolean(),
  panels: z.array(panel),
});

const option = z.strictObject({
  text: z.string().or(z.array(z.string())),
  value: z.string().or(z.array(z.string())),
  selected: z.boolean().optional(),
});
const shared = {
  name: z.string(),
  label: z.string().optional(),
  description: z.string().optional(),
  hide: z.number().default(0),
  skipUrlSync: z.boolean().default(false),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allowCustomValue: z.boolean().default(true),
  current: option.optional(),
  /** Of intervals only. */
  auto: z.boolean().optional(),
  auto_min: z.string().optional(),
  auto_count: z.number().optional(),
};
const variable = z.discriminatedUnion('type', [
  z.strictObject({ ...shared, type: z.literal('datasource'), query: z.string() }),
  z.strictObject({
    ...shared,
    type: z.literal('query'),
    query: z.string(),
    definition: z.string().optional(),
    datasource: source,
    refresh: z.number(),
    sort: z.number(),
    allValue: z.string().optional(),
  }),
]);

const annotation = z.strictObject({
  name: z.string(),
  datasource: source,
  enable: z.boolean(),
  hide: z.boolean(),
  iconColor: z.string(),
  builtIn: z.number().default(0),
  placement: z.enum(AnnotationQueryPlacement).optional(),
  filter: z.strictObject({ exclude: z.boolean(), ids: z.array(z.number()) }).optional(),
  target: z.record(z.string(), z.unknown()).optional(),
  expr: z.string().optional(),
  step: z.string().optional(),
  titleFormat: z.string().optional(),
  textFormat: z.string().optional(),
  tagKeys: z.string().optional(),
});
const link = z.strictObject({
  title: z.string(),
  type: z.enum(DashboardLinkType),
  icon: z.string(),
  tooltip: z.string(),
  url: z.string().optional(),
  tags: z.array(z.string()),
  asDropdown: z.boolean(),
  targetBlank: z.boolean(),
  includeVars: z.boolean(),
  keepTime: z.boolean(),
  placement: z.enum(DashboardLinkPlacement).optional(),
});

const dashboard = z.strictObject({
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  editable: z.boolean(),
  graphTooltip: z.number(),
  timezone: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  fiscalYearStartMonth: z.number(),
  /** Of the schema and of the dashboard in it: they have their own in another schema. */
  schemaVersion: z.number(),
  version: z.number(),
  templating: z.strictObject({ list: z.array(variable) }),
  annotations: z.strictObject({ list: z.array(annotation) }),
  links: z.array(link).default([]),
  panels: z.array(z.union([row, panel])),
});

/** A dashboard in Grafana's v1 JSON, with every setting that ours have. */
export type DashboardV1 = z.output<typeof dashboard>;
export type PanelV1 = z.output<typeof panel>;
export type RowV1 = z.output<typeof row>;
export type VariableV1 = z.output<typeof variable>;
export type AnnotationV1 = z.output<typeof annotation>;

/** Reads a dashboard whole; throws a ZodError for a setting that no dashboard of ours had before. */
export function readV1(json: unknown): DashboardV1 {
  return dashboard.parse(json);
}

/** Whether it is a heading; what follows it stands below it. */
export function isRow(one: PanelV1 | RowV1): one is RowV1 {
  return one.type === 'row';
}
