import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';
import type { Topology } from '../core/topology.ts';
import { InputError } from './exit.ts';
import { parseTimestamp } from './timestamp.ts';

const labelsSchema = z.record(z.string(), z.string());
const alertSchema = z.looseObject({
  labels: labelsSchema,
  annotations: labelsSchema.default({}),
  startsAt: z.union([z.string(), z.number()]),
  endsAt: z.union([z.string(), z.number()]).nullish(),
  generatorURL: z.string().default(''),
});
const topologySchema = z.looseObject({
  nodes: z
    .array(z.looseObject({ id: z.string(), kind: z.string().optional(), labels: labelsSchema.optional() }))
    .default([]),
  edges: z.array(z.looseObject({ from: z.string(), to: z.string() })).default([]),
});

function json(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${where}: not JSON (${error instanceof Error ? error.message : error})`);
  }
}

function checked<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new InputError(`${where}: ${issue.path.join('.')}: ${issue.message}`);
}

function time(value: string | number, where: string): number {
  const t = parseTimestamp(String(value));
  if (Number.isNaN(t)) throw new InputError(`${where}: "${value}" is not a timestamp`);
  return t;
}

function alertOf(line: string, where: string): Alert {
  const raw = checked(alertSchema, json(line, where), where);
  const endsAt =
    raw.endsAt == null || String(raw.endsAt).startsWith('0001-')
      ? undefined
      : time(raw.endsAt, `${where}: endsAt`);
  const { labels, annotations, generatorURL } = raw;
  return {
    labels,
    annotations,
    generatorURL,
    startsAt: time(raw.startsAt, `${where}: startsAt`),
    endsAt,
    fingerprint: fingerprint(labels),
  };
}

/** Alertmanager v2 alerts, one JSON object a line; empty lines are passed over but keep their line number. */
export function parseAlertLines(text: string, file: string): Alert[] {
  return text
    .split('\n')
    .map((line, k) => ({ line, where: `${file}:${k + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, where }) => alertOf(line, where));
}

/** `topology.json`: `{nodes: [{id, kind?, labels?}], edges: [{from, to}]}`. */
export function parseTopology(text: string, file: string): Topology {
  const raw = checked(topologySchema, json(text, file), file);
  return {
    nodes: raw.nodes.map(({ id, kind, labels }) => ({
      id,
      ...(kind === undefined ? {} : { kind }),
      ...(labels === undefined ? {} : { labels }),
    })),
    edges: raw.edges.map(({ from, to }) => ({ from, to })),
  };
}
