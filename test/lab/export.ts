import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { keepsMetric, keepsSeries, scrubbed } from './exported-metrics.ts';

/** The grid of a recording in ms: points from `start` to `end`, both included. */
export interface Grid {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One line of `series.jsonl.gz`: the value at each point of the grid, null where nothing was scraped. */
export interface SeriesLine {
  readonly metric: Readonly<Record<string, string>>;
  readonly start: number;
  readonly step: number;
  readonly values: readonly (number | null)[];
}

const namesSchema = z.object({ data: z.array(z.string()) });
const matrixSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
type Samples = readonly (readonly [number, string])[];

async function ask<T extends z.ZodType>(url: string, schema: T): Promise<z.output<T>> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return schema.parse(await answer.json());
}

/** Reads the raw samples of the grid's time from a Prometheus; no lookback fills the gaps. Rejects when it fails. */
export async function exportSeries(prometheus: string, grid: Grid): Promise<SeriesLine[]> {
  const api = `${prometheus}/api/v1`;
  const { data: names } = await ask(`${api}/label/__name__/values`, namesSchema);
  const seconds = Math.ceil((grid.end - grid.start) / 1000) + grid.step / 1000;
  const lines: SeriesLine[] = [];
  for (const name of names.filter(keepsMetric)) {
    const query = encodeURIComponent(`${name}[${seconds}s]`);
    const { data } = await ask(`${api}/query?query=${query}&time=${grid.end / 1000}`, matrixSchema);
    for (const { metric, values } of data.result)
      if (keepsSeries(metric))
        lines.push({
          metric: scrubbed(metric),
          start: grid.start,
          step: grid.step,
          values: onGrid(values, grid),
        });
  }
  return lines;
}

/** What is finer than a tenth of a millisecond is noise in all that is exported. */
const decimals = 4;

/** Puts raw samples (seconds, text) on the grid: each at the point at or after it, so that none is known too early. */
export function onGrid(samples: Samples, grid: Grid): (number | null)[] {
  const count = Math.round((grid.end - grid.start) / grid.step) + 1;
  const values = new Array<number | null>(count).fill(null);
  for (const [t, text] of samples) {
    const at = Math.ceil((t * 1000 - grid.start) / grid.step);
    const value = Number(text);
    if (at >= 0 && at < count) values[at] = Number.isFinite(value) ? Number(value.toFixed(decimals)) : null;
  }
  return values;
}

const logLine = z.looseObject({ time: z.string() });

/** Merges the log files of a folder by time, from the grid's start to its end; half-written lines are left out. */
export function exportLogs(dir: string, grid: Grid): string[] {
  return readdirSync(dir)
    .flatMap(name => readFileSync(path.join(dir, name), 'utf8').split('\n'))
    .map(line => ({ line, t: timeOf(line) }))
    .filter(({ t }) => t >= grid.start && t <= grid.end)
    .sort((a, b) => a.t - b.t)
    .map(({ line }) => line);
}

/** The time of a log line in ms; NaN when it is no whole line. */
function timeOf(line: string): number {
  if (!line.endsWith('}')) return Number.NaN;
  return Date.parse(logLine.parse(JSON.parse(line)).time);
}
