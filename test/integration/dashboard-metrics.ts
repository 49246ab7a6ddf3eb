import { readdirSync, readFileSync } from 'node:fs';
import { collectDefaultMetrics } from 'prom-client';
import { z } from 'zod';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { serveRed } from './red-exporter.ts';

/** When samples are taken, ms. */
export interface Grid {
  readonly end: number;
  readonly step: number;
  readonly count: number;
}

/** One line of an exposition, with the type of its metric. */
interface Line {
  readonly labels: Labels;
  readonly value: number;
  readonly counts: boolean;
}

export const instances = ['a:9100', 'b:9100'] as const;

function linesOf(text: string): Line[] {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  return text.split('\n').flatMap(line => {
    const parts = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (parts === null) return [];
    const [, name = '', inner = '', value] = parts;
    const pairs = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key!, text!]);
    const type = types.get(name) ?? types.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? 'gauge';
    const counts = type === 'counter' || (type !== 'gauge' && /_(?:bucket|sum|count)$/.test(name));
    return [{ labels: { ...Object.fromEntries(pairs), __name__: name }, value: Number(value), counts }];
  });
}

/** The value of a line at the i-th sample: a counter rises by waves, a gauge swings around what was recorded. */
function valueAt({ labels, value, counts }: Line, i: number, phase: number): number {
  const rise = 1 + 0.02 * (i + 7 * Math.sin(i / 9 + phase));
  if (counts) return (value === 0 ? 1 : value) * rise;
  if (/^foreshock_(?!.*realised)/.test(labels.__name__ ?? '')) return value;
  return value * (1 + 0.06 * Math.sin(i / 14 + phase));
}

function seriesOf(line: Line, own: Labels, { end, step, count }: Grid): Series {
  const t = Float64Array.from({ length: count }, (_, i) => end - (count - 1 - i) * step);
  const phase = (own.instance ?? '').length + (own.instance ?? '').charCodeAt(0);
  return { labels: { ...line.labels, ...own }, t, v: t.map((_, i) => valueAt(line, i, phase)) };
}

const folder = new URL('../packs/expositions/', import.meta.url);

/** The metrics of every recorded exporter, of two services and of foreshock itself, as a Prometheus has them after a while. */
export async function fleetMetrics(grid: Grid): Promise<readonly Series[]> {
  const recorded = readdirSync(folder)
    .filter(file => file.endsWith('.txt'))
    .flatMap(file => {
      const job = file.replace('.txt', '');
      const lines = linesOf(readFileSync(new URL(file, folder), 'utf8'));
      if (lines.every(({ labels }) => /^foreshock_(?:log|threat)_/.test(labels.__name__ ?? ''))) return [];
      return instances.flatMap(instance => targetOf([...lines, up], { job, instance, service: job }, grid));
    });
  const own = linesOf(ownExposition()).flatMap(line =>
    seriesOf(line, { job: 'foreshock', instance: 'foreshock:9477' }, grid),
  );
  const all = [...recorded, ...(await services(grid)), ...own.map(stamped)];
  // Where an exporter says `service` of its own, two of its series become one.
  return [...new Map(all.map(series => [fingerprint(series.labels), series])).values()];
}

const up: Line = { labels: { __name__: 'up' }, value: 1, counts: false };

function targetOf(lines: readonly Line[], own: Labels, grid: Grid): Series[] {
  return lines.map(line => {
    const series = seriesOf(line, own, grid);
    return line === up ? { ...series, v: series.v.map(() => 1) } : series;
  });
}

async function services(grid: Grid): Promise<Series[]> {
  const { server, target } = await serveRed('classic');
  const text = await (await fetch(`http://${target}/metrics`)).text();
  server.closeAllConnections();
  server.close();
  return ['shop', 'cart'].flatMap((service, k) =>
    targetOf([...linesOf(text), up], { job: 'web', instance: `${service}:80${k}`, service }, grid),
  );
}

/** The samples of what are times move with the time. */
function stamped(series: Series): Series {
  if (!series.labels.__name__?.endsWith('_timestamp_seconds')) return series;
  return { ...series, v: series.t.map(t => t / 1000 - 45) };
}

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  class: ['node/instance', 'service/service'],
  outcome: ['delivered', 'ok'],
  result: ['seen', 'missed'],
  state: ['watching', 'learning'],
  service: ['shop', 'cart'],
  receiver: ['oncall'],
  rule: ['calls it', 'same place'],
};
const levels: Readonly<Record<string, number>> = {
  foreshock_false_positive_rate_realised: 0.006,
  foreshock_false_positive_rate_stated: 0.01,
  foreshock_regret_share: 0.04,
  foreshock_classes_left_out: 0,
  foreshock_detector_blind: 0,
  process_resident_memory_bytes: 3e8,
};

const metricSchema = z.object({
  name: z.string(),
  type: z.string(),
  labelNames: z.array(z.string()).default([]),
});

/** What a foreshock that has everything says at `/metrics`: names, types and labels are those of its register. */
function ownExposition(): string {
  const { registry } = createMetrics();
  collectDefaultMetrics({ register: registry });
  return registry
    .getMetricsAsArray()
    .map(metric => metricSchema.parse(metric))
    .flatMap(({ name, type, labelNames }) => [`# TYPE ${name} ${type}`, ...samplesOf(name, type, labelNames)])
    .join('\n');
}

function samplesOf(name: string, type: string, labelNames: readonly string[]): string[] {
  const level = levels[name] ?? (type === 'gauge' ? 1 : 100);
  const sets = labelNames
    .filter(label => label !== 'le')
    .reduce<string[]>(
      (all, label) =>
        all.flatMap(set => (valuesOf[label] ?? ['one']).map(value => `${set}${label}="${value}",`)),
      [''],
    );
  return sets.flatMap(set => {
    if (type !== 'histogram') return [`${name}{${set}} ${level}`];
    const buckets = [0.1, 0.5, 1, '+Inf'].map(
      (le, k) => `${name}_bucket{${set}le="${le}"} ${level * (k + 1)}`,
    );
    return [...buckets, `${name}_count{${set}} ${level * 4}`, `${name}_sum{${set}} ${level}`];
  });
}

/** Series as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`. */
export function openMetrics(series: readonly Series[]): string {
  const byName = new Map<string, string[]>();
  for (const { labels, t, v } of series) {
    const { __name__: name = '', ...rest } = labels;
    const pairs = Object.entries(rest).map(([key, value]) => `${key}="${value}"`);
    const lines = byName.get(name) ?? [];
    for (let i = 0; i < t.length; i++) lines.push(`${name}{${pairs.join(',')}} ${v[i]} ${t[i]! / 1000}`);
    byName.set(name, lines);
  }
  return `${[...byName.values()].flat().join('\n')}\n# EOF\n`;
}
