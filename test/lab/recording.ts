import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Cause } from './faults.ts';
import type { SeriesLine } from './series-export.ts';
import type { Delivered } from './webhook.ts';

/** What was recorded, when, with which servers, and what was really wrong. */
export interface Meta {
  readonly name: string;
  readonly what: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly stepSeconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly truth: readonly (Cause & { readonly startsAt: string; readonly endsAt: string })[];
  readonly affected: readonly string[];
}

/** One line of a service's log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly service: string;
  readonly instance: string;
  readonly trace_id: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A series as columns: times in ms, and NaN where there was no sample. */
export interface RecordedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** A whole recording in memory. */
export interface Recording {
  readonly meta: Meta;
  readonly series: readonly RecordedSeries[];
  readonly alerts: readonly Delivered[];
  readonly logs: readonly LogLine[];
}

function lines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);
}

/** Reads the folder of one recording. */
export function readRecording(dir: string): Recording {
  const text = (name: string) => readFileSync(path.join(dir, name), 'utf8');
  const unzipped = (name: string) => gunzipSync(readFileSync(path.join(dir, name))).toString('utf8');
  return {
    meta: JSON.parse(text('meta.json')) as Meta,
    series: lines<SeriesLine>(unzipped('series.jsonl.gz')).map(columns),
    alerts: lines<Delivered>(text('alerts.jsonl')),
    logs: lines<LogLine>(unzipped('logs.jsonl.gz')),
  };
}

function columns({ metric, start, step, values }: SeriesLine): RecordedSeries {
  return {
    labels: metric,
    t: Float64Array.from(values, (_, i) => start + i * step),
    v: Float64Array.from(values, value => value ?? Number.NaN),
  };
}
