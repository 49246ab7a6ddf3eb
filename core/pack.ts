import { z } from 'zod';
import { positive } from './duration-field.ts';
import { objectiveSchema } from './objective.ts';

/** The metric kinds that foreshock knows; a dashboard groups by them. */
export const signalKinds = [
  'cpu',
  'memory',
  'disk_io',
  'network',
  'errors',
  'latency',
  'traffic',
  'saturation',
  'user_behavior',
  'security_events',
] as const;

export type SignalKind = (typeof signalKinds)[number];

/** True for the name of a kind. */
export function isSignalKind(text: string): text is SignalKind {
  return signalKinds.some(kind => kind === text);
}

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower case letters, digits and _');
const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a label name');

/** One watched quantity of a class: a PromQL query whose result carries the entity labels of the class. */
export const signalSchema = z.strictObject({
  name,
  kind: z.enum(signalKinds),
  query: z.string().min(1),
  unit: z.string().default('short'),
  /** Which direction matters. */
  bad: z.enum(['high', 'low', 'both']).default('both'),
  /** The smallest deviation from the expected value worth a page, in the signal's unit. */
  floor: z.number().nonnegative().default(0),
  /** What normal looks like and what to do: the panel's description. */
  about: z.string().default(''),
});
export type SignalSpec = z.output<typeof signalSchema>;

/** The entities of one kind that a technology has. */
const classSchema = z.strictObject({
  name,
  entity: z.array(label).min(1),
  /** What no sample means: missing, or zero for counters of errors. */
  absent: z.enum(['missing', 'zero']).default('missing'),
  signals: z.array(signalSchema).min(1),
});

/** A resource that may run out: how much of it is used, and how much there is. Both carry the same labels. */
const capacitySchema = z.strictObject({
  resource: z.string(),
  class: name,
  used: z.string(),
  limit: z.string(),
  unit: z.string().default('short'),
  /** Which value of a day is followed: the highest, as what is full once is full, or the mean. */
  daily: z.enum(['max', 'mean']).default('max'),
  /** Signals of the class that move it, such as traffic. */
  regressors: z.array(name).default([]),
  /** What fills it. */
  about: z.string().default(''),
  /** What to do before it is full. */
  action: z.string().default(''),
});
export type CapacitySpec = z.output<typeof capacitySchema>;

/** `from` and `to` are labels of the query's result: an edge caller -> callee, or thing -> what it stands on. */
const topologySchema = z.strictObject({ from: label, to: label, via: z.string() });

const packAlertSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().default('0s'),
  severity: z.string().default('warning'),
  summary: z.string().default(''),
  runbook: z.string().default(''),
});

const exporterSchema = z.strictObject({
  name: z.string().min(1),
  versions: z.string(),
  docs: z.string().default(''),
  /** The version that was run to record the names of its metrics. */
  recorded: z.string().min(1).optional(),
  /** The address of the document from which the names of its metrics were taken, where it could not be run. */
  documented: z.url().optional(),
});
export type ExporterSpec = z.output<typeof exporterSchema>;

/** Who tells a pack's metrics: one exporter, or a list of them; read as a list. */
const exportersSchema = z.preprocess(
  value => (Array.isArray(value) ? value : [value]),
  z.array(exporterSchema).min(1),
);

/** A pack: the declaration from which queries, detectors, forecasts, rules and dashboards of a technology follow. */
export const packSchema = z.strictObject({
  pack: name,
  title: z.string(),
  about: z.string(),
  links: z.array(z.string()).default([]),
  /** Whom its queries ask: the sources of metrics, or what foreshock counts of logs or threat feeds itself. */
  reads: z.enum(['metrics', 'logs', 'threat_feeds']).default('metrics'),
  exporter: exportersSchema,
  /** How often new samples usually come, where that is rarer than most are scraped: of what a cloud hands on every few minutes. */
  scrape_interval: positive.optional(),
  params: z.record(label, z.string()).default({}),
  /** Other values of `params` that fit a common way to name metrics: `init` tries them. */
  variants: z.array(z.strictObject({ name, params: z.record(label, z.string()) })).default([]),
  classes: z.array(classSchema).min(1),
  capacity: z.array(capacitySchema).default([]),
  topology: z.array(topologySchema).default([]),
  alerts: z.array(packAlertSchema).default([]),
  objectives: z.array(objectiveSchema).default([]),
  dashboard: z
    .strictObject({ rows: z.array(z.strictObject({ title: z.string(), signals: z.array(name) })) })
    .optional(),
});
export type Pack = z.output<typeof packSchema>;
