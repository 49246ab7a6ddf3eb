import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';
import { type Topology, topologySchema } from '../core/topology.ts';
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

/** Line and column of the position that JSON.parse names, as `:line:column`; nothing where it names none. */
function placeIn(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return `${text.includes('\n') ? `:${before.length}` : ''}:${before.at(-1)!.length + 1}`;
}

function json(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError(`${where}${placeIn(text, message)}: not JSON (${message})`);
  }
}

function checked<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new InputError(`${where}: ${path}${issue.message}`);
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
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, k) => ({ line, where: `${file}:${k + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, where }) => alertOf(line, where));
}

/** Reads a `topology.json`. Throws an InputError that names the file and the place. */
export function parseTopology(text: string, file: string): Topology {
  const { nodes, edges } = checked(topologySchema, json(text.replace(/^\uFEFF/, ''), file), file);
  return { nodes, edges: edges.map(({ from, to }) => ({ from, to })) };
}
