import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolvePack } from '../../config/resolve.ts';
import type { Labels } from '../../core/labels.ts';
import { indicatorQueries } from '../../core/objective.ts';
import type { Pack } from '../../core/pack.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { metricNames } from '../../promql/names.ts';
import { readPacks } from '../reference/packs.ts';

const step = 15_000;
const now = Date.UTC(2026, 0, 1);
const times = Float64Array.from({ length: 9 }, (_, k) => now - (8 - k) * step);

/** What a scrape adds, where the exporter does not say it itself. */
const ofScrape = { job: 'lab', service: 'lab', instance: 'lab', cluster: 'lab' };

/** What no recording holds, since it has nothing of its kind, and why. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  'postgresql/server/replication_lag': 'the recorded server has no standby',
  'redis/memory/used': 'here each counter grows, and a server that evicts is never fuller',
};

/** A series of an exposition's line, as it goes on: gauges stay, the rest grows by a tenth at each scrape. */
function seriesOf(line: string, types: ReadonlyMap<string, string>): Series | undefined {
  const [, name, inside = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
  if (name === undefined || value === undefined || line.startsWith('#')) return undefined;
  const family = types.get(name) ?? types.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  const own = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
    key,
    text,
  ]);
  const labels: Labels = { ...ofScrape, ...Object.fromEntries(own), __name__: name };
  const grows = family !== 'gauge' && family !== 'untyped' && !('quantile' in labels);
  const at = Number(value.replace('Inf', 'Infinity'));
  return { labels, t: times, v: times.map((_, k) => (grows ? at + ((at + 1) * k) / 10 : at)) };
}

function recording(pack: Pack): Series[] {
  const text = pack.exporter
    .filter(({ recorded }) => recorded !== undefined)
    .map(({ name }) => readFileSync(new URL(`./expositions/${name}.txt`, import.meta.url), 'utf8'))
    .join('\n');
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].map(([, name = '', type = '']) => [name, type]),
  );
  const read = text.split('\n').flatMap(line => seriesOf(line, types) ?? []);
  const instances = new Set(read.map(({ labels }) => labels.instance ?? ''));
  const up = [...instances].map(instance => ({
    labels: { ...ofScrape, instance, __name__: 'up' },
    t: times,
    v: times.map(() => 1),
  }));
  return [...read, ...up];
}

/** Packs with an exporter that was run, and what it told in a file. */
const packs = readPacks().filter(
  ({ exporter, pack }) => pack !== 'service' && exporter.some(({ recorded }) => recorded !== undefined),
);

describe.each(packs)('the pack $pack on what its exporters told', pack => {
  const params = 'job' in pack.params ? { job: '.+' } : {};
  const resolved = resolvePack(pack, { match: '', params, step, scrapeInterval: step });
  const series = recording(pack);
  const source = createEvaluator(series, { lookback: 2 * step, dialect: 2 });
  const told = new Set(series.map(({ labels }) => labels.__name__));
  // What a documented exporter tells stands in no recording.
  const documented = pack.exporter.some(exporter => exporter.documented !== undefined);
  const isRun = (query: string) => !documented || metricNames(query).every(name => told.has(name));
  const ask = async (query: string) =>
    (await source.queryRange({ query, start: now, end: now, step })).series.filter(({ v }) =>
      Number.isFinite(v[0]),
    );
  const questions = [
    ...resolved.classes.flatMap(({ class: { name, signals }, entityLabels, queries }) =>
      signals.map((signal, k) => ({
        name: `${name}/${signal.name}`,
        query: queries[k]!,
        labels: entityLabels,
      })),
    ),
    ...resolved.topology.map(({ from, to, via }) => ({
      name: `${pack.pack}/${from}-${to}`,
      query: via,
      labels: [from, to],
    })),
    ...resolved.capacity.flatMap(({ resource, used, limit }) => [
      { name: `${pack.pack}/${resource}/used`, query: used, labels: [] },
      { name: `${pack.pack}/${resource}/limit`, query: limit, labels: [] },
    ]),
    ...resolved.objectives.flatMap(({ name, indicator }) =>
      indicatorQueries(indicator).map(({ keys, query }) => ({
        name: `${pack.pack}/${name}/${keys.join('.')}`,
        query,
        labels: [],
      })),
    ),
  ];

  it.each(questions.filter(({ query }) => isRun(query)))('answers $name', async ({ name, query, labels }) => {
    const answer = await ask(query);
    if (mayBeEmpty[name] !== undefined && answer.length === 0) return;
    expect(answer.length, query).toBeGreaterThan(0);
    for (const { labels: got } of answer) for (const label of labels) expect(got[label], label).toMatch(/./);
  });
});
