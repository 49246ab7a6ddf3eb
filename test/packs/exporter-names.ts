import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ExporterSpec } from '../../core/pack.ts';

/** What Prometheus itself writes for each target and alert. */
const ofPrometheus = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS'];
const suffixes = /_(?:bucket|sum|count)$/;

const fileOf = (folder: 'expositions' | 'documented', name: string) =>
  new URL(`./${folder}/${name}.txt`, import.meta.url);

/** What the client library that we use ourselves tells of an HTTP service. */
async function clientLibrary(): Promise<string> {
  const registers = [new Registry()];
  const help = 'as in the pack';
  for (const counter of ['http_requests_total', 'http_client_requests_total', 'process_cpu_seconds_total'])
    new Counter({ name: counter, help, registers }).inc();
  new Gauge({ name: 'process_resident_memory_bytes', help, registers }).set(1);
  for (const histogram of ['http_request_duration_seconds', 'http_client_request_duration_seconds'])
    new Histogram({ name: histogram, help, registers }).observe(1);
  return registers[0]!.metrics();
}

/** The names of an exposition; a histogram or summary that has no sample yet is known by its `# TYPE`. */
function recordedNames(text: string): string[] {
  return text.split('\n').flatMap(line => {
    const [, family, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
    if (family === undefined) return /^[\w:]+/.exec(line)?.[0] ?? [];
    if (type === 'summary') return [family, `${family}_sum`, `${family}_count`];
    return type === 'histogram' ? ['bucket', 'sum', 'count'].map(end => `${family}_${end}`) : [family];
  });
}

/**
 * The names of a document: one a line; a histogram or summary stands there once, without its suffixes. A gauge whose name ends
 * like a counter's says so: `queue_count gauge`.
 */
function documentedNames(text: string): Set<string> {
  const lines = text.split('\n').map(line => line.trim());
  return new Set(lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(' ')[0]!));
}

/** The gauges of all exporters, as their expositions and documents say: some end like a counter. */
export function knownGauges(): ReadonlySet<string> {
  const found = (folder: 'expositions' | 'documented', gauge: RegExp) => {
    const url = new URL(`./${folder}/`, import.meta.url);
    const texts = existsSync(url)
      ? readdirSync(url).map(file => readFileSync(new URL(file, url), 'utf8'))
      : [];
    return texts.flatMap(text => [...text.matchAll(gauge)].map(match => match[1]!));
  };
  return new Set([
    ...found('expositions', /^# TYPE (\S+) gauge$/gm),
    ...found('documented', /^([^#\s]\S*) gauge$/gm),
  ]);
}

/** The address from which the names of a documented exporter were taken, as the first line of its file says. */
export function documentAddress({ name }: ExporterSpec): string | undefined {
  const file = fileOf('documented', name);
  return existsSync(file) ? /^# (\S+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}

/** How a metric name is looked up among all that an exporter tells; undefined when nothing was written down of it. */
export async function namesOf(exporter: ExporterSpec): Promise<((metric: string) => boolean) | undefined> {
  const { name, recorded } = exporter;
  if (recorded === undefined) {
    const file = fileOf('documented', name);
    if (!existsSync(file)) return undefined;
    const names = documentedNames(readFileSync(file, 'utf8'));
    return metric => names.has(metric) || names.has(metric.replace(suffixes, ''));
  }
  const file = fileOf('expositions', name);
  if (name !== 'prometheus client library' && !existsSync(file)) return undefined;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : await clientLibrary();
  const names = new Set(recordedNames(text));
  return metric => names.has(metric);
}

/** The metrics of a pack that none of its exporters tells. */
export async function unknownMetrics(
  metrics: readonly string[],
  exporters: readonly ExporterSpec[],
): Promise<string[]> {
  const known = await Promise.all(exporters.map(namesOf));
  const told = (metric: string) => ofPrometheus.includes(metric) || known.some(has => has?.(metric));
  return [...new Set(metrics)].filter(metric => !told(metric)).sort();
}
