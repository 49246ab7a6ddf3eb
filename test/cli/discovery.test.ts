import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findPack, type Inventory } from '../../cli/discovery.ts';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { metricNames } from '../../promql/names.ts';

const step = 15_000;
const now = Date.UTC(2026, 0, 1);
const t = Float64Array.from({ length: 9 }, (_, k) => now - (8 - k) * step);

function packOf(name: string) {
  const file = builtinPacks().get(name)!;
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  return loaded.pack;
}

/** A counter that grows by one at each scrape. */
const seriesOf = (name: string, job: string): Series => ({
  labels: { __name__: name, job, instance: `${job}:1`, state: 'active', handler: 'query' },
  t,
  v: t.map((_, k) => k + 1),
});

function inventoryOf(series: readonly Series[], interval = step): Inventory {
  const source = createEvaluator(series, { lookback: 2 * step });
  const ask = async (query: string) =>
    (await source.queryRange({ query, start: now, end: now, step })).series.filter(({ v }) =>
      Number.isFinite(v[0]),
    );
  return {
    interval: async () => interval,
    metrics: new Set(series.map(({ labels }) => labels.__name__ ?? '')),
    count: async query => (await ask(query)).length,
    values: async (metric, label) =>
      (await ask(`count by (${label}) (${metric})`)).flatMap(({ labels }) => labels[label] ?? []),
    step,
    scrapeInterval: step,
  };
}

it.each(['prometheus', 'alertmanager', 'grafana', 'thanos', 'jaeger', 'coredns'])(
  'other processes are not taken for %s, although they tell the same of themselves',
  async name => {
    const pack = packOf(name);
    const own = new Set(
      pack.classes.flatMap(({ signals }) =>
        signals.flatMap(({ query }) =>
          metricNames(query.replaceAll('$rate_interval', '5m').replaceAll(/\$\{\w+\}/g, 'x')),
        ),
      ),
    );
    const shared = [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'http_requests_total',
      'up',
    ];
    const series = [
      ...[...own].map(metric => seriesOf(metric, 'ours')),
      ...shared.map(metric => seriesOf(metric, 'shop')),
    ];
    const found = await findPack(pack, inventoryOf(series));
    expect(found?.params).toMatchObject({ job: 'ours' });
  },
);

/** What the exporter of a pack tells, the newest sample so many ms old. */
function toldOf(pack: ReturnType<typeof packOf>, age: number): readonly Series[] {
  const queries = pack.classes.flatMap(({ signals }) => signals.map(({ query }) => query));
  const names = queries.flatMap(query => metricNames(query.replaceAll(/\$\{\w+\}/g, 'x')));
  return [...new Set(names)].map(name => {
    const one = seriesOf(name, 'cloud');
    const more = { dimension_DBInstanceIdentifier: 'db', service: 'shop', phase: 'tls' };
    return { ...one, labels: { ...one.labels, ...more }, t: one.t.map(at => at - age) };
  });
}

it('what comes rarely is found by its own interval, which is to be written', async () => {
  const blackbox = packOf('blackbox');
  const told = toldOf(blackbox, 250_000);
  expect(await findPack(blackbox, inventoryOf(told))).toBeUndefined();
  const found = await findPack(blackbox, inventoryOf(told, 300_000));
  expect(found?.scrapeInterval).toBe(300_000);
  expect(found?.classes[0]).toMatchObject({ name: 'blackbox/target', entities: 1 });
});

it('an interval that the pack has itself is not written again, one that is measured otherwise is', async () => {
  const rds = packOf('rds');
  const told = toldOf(rds, 100_000);
  expect((await findPack(rds, inventoryOf(told)))?.scrapeInterval).toBeUndefined();
  expect((await findPack(rds, inventoryOf(told, 300_000)))?.scrapeInterval).toBeUndefined();
  expect((await findPack(rds, inventoryOf(told, 60_000)))?.scrapeInterval).toBe(60_000);
});
