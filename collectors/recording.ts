import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import { SourceError } from '../core/series.ts';

const time = z.iso.datetime({ offset: true }).transform(text => Date.parse(text));
const labels = z.record(z.string(), z.string());

const truthSchema = z.looseObject({
  what: z.string().default(''),
  entity: z.union([labels, z.string()]).optional(),
  cause: z.string().optional(),
  startsAt: time,
  endsAt: time.nullish(),
});

/** What a recording says of itself; times in ms. Fields that are not known are kept. */
export const recordingMetaSchema = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  about: z.string().optional(),
  startsAt: time,
  endsAt: time,
  stepSeconds: z.number().positive(),
  truth: z.array(truthSchema).default([]),
});
export type RecordingMeta = z.output<typeof recordingMetaSchema>;

const seriesLine = z.object({
  metric: labels,
  start: z.number(),
  step: z.number().positive(),
  values: z.array(z.number().nullable()),
});

const alertLine = z.looseObject({
  at: time,
  labels,
  annotations: labels.default({}),
  startsAt: time,
  endsAt: time.nullish(),
  status: z.union([z.string(), z.looseObject({ state: z.string() })]).default('firing'),
  generatorURL: z.string().default(''),
});

/** An alert as it arrived at `at` (ms). */
export interface RecordedAlert {
  readonly at: number;
  readonly alert: Alert;
}

/** A recorded incident: samples as they were scraped, and the alerts in order of their arrival. */
export interface Recording {
  readonly meta: RecordingMeta;
  readonly series: readonly Series[];
  readonly alerts: readonly RecordedAlert[];
}

/**
 * Reads a recording's folder: `meta.json`, `series.jsonl.gz` (`{metric, start, step, values}` a line, ms, null where
 * nothing was scraped) and `alerts.jsonl`. Only real samples are kept, so that lookback sees the gaps. Rejects with a
 * SourceError that names the file and line.
 */
export async function readRecording(dir: string): Promise<Recording> {
  const meta = parse(recordingMetaSchema, await readText(dir, 'meta.json'), path.join(dir, 'meta.json'));
  const series: Series[] = [];
  await eachLine(dir, 'series.jsonl.gz', (line, where) =>
    series.push(toSeries(parse(seriesLine, line, where))),
  );
  const alerts: RecordedAlert[] = [];
  await eachLine(dir, 'alerts.jsonl', (line, where) => alerts.push(toAlert(parse(alertLine, line, where))));
  return { meta, series, alerts: alerts.sort((a, b) => a.at - b.at) };
}

function toSeries({ metric, start, step, values }: z.output<typeof seriesLine>): Series {
  const t = new Float64Array(values.length);
  const v = new Float64Array(values.length);
  let n = 0;
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    t[n] = start + i * step;
    v[n++] = value;
  }
  return { labels: metric, t: t.slice(0, n), v: v.slice(0, n) };
}

function toAlert(line: z.output<typeof alertLine>): RecordedAlert {
  const status = typeof line.status === 'string' ? line.status : line.status.state;
  const { annotations, startsAt, generatorURL } = line;
  const endsAt = status === 'resolved' ? (line.endsAt ?? line.at) : undefined;
  const alert = { labels: line.labels, annotations, startsAt, endsAt, generatorURL };
  return { at: line.at, alert: { ...alert, fingerprint: fingerprint(line.labels) } };
}

async function readText(dir: string, file: string): Promise<string> {
  try {
    return await readFile(path.join(dir, file), 'utf8');
  } catch (cause) {
    throw new SourceError(`cannot read ${path.join(dir, file)}`, { retryable: false, cause });
  }
}

async function eachLine(
  dir: string,
  file: string,
  take: (line: string, where: string) => void,
): Promise<void> {
  const name = path.join(dir, file);
  const raw = createReadStream(name);
  const input = file.endsWith('.gz') ? raw.compose<NodeJS.ReadWriteStream>(createGunzip()) : raw;
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() !== '') take(line, `${name}:${number}`);
    }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    throw new SourceError(`cannot read ${name} after line ${number}`, { retryable: false, cause });
  }
}

function parse<T extends z.ZodType>(schema: T, text: string, where: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SourceError(`${where}: not JSON`, { retryable: false, cause });
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw new SourceError(`${where}: ${z.prettifyError(result.error)}`, { retryable: false });
  return result.data;
}
