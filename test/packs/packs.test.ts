import { readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { metricNames } from '../../promql/names.ts';
import { findError } from '../../promql/parse.ts';

async function exposition(name: string): Promise<string> {
  if (name !== 'service') return readFileSync(new URL(`./expositions/${name}.txt`, import.meta.url), 'utf8');
  const registers = [new Registry()];
  const help = 'as in the pack';
  for (const counter of ['http_requests_total', 'http_client_requests_total', 'process_cpu_seconds_total'])
    new Counter({ name: counter, help, registers }).inc();
  for (const gauge of ['up', 'process_resident_memory_bytes'])
    new Gauge({ name: gauge, help, registers }).set(1);
  for (const histogram of ['http_request_duration_seconds', 'http_client_request_duration_seconds'])
    new Histogram({ name: histogram, help, registers }).observe(1);
  return registers[0]!.metrics();
}

test('the four packs of the pipeline are there', () => {
  expect([...builtinPacks().keys()]).toEqual(
    expect.arrayContaining(['alertmanager', 'node', 'prometheus', 'service']),
  );
});

describe.each([...builtinPacks()])('pack %s', (name, file) => {
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  const how = { match: 'env="prod"', params: {}, step: 15_000, scrapeInterval: 15_000 };
  const resolved = resolvePack(loaded.pack, how);
  const queries = [
    ...resolved.classes.flatMap(item => item.queries),
    ...resolved.topology.map(item => item.via),
    ...resolved.alerts.map(item => item.expr),
    ...resolved.capacity.flatMap(item => [item.used, item.limit]),
  ];

  test('asks only for metrics that the exporter has', async () => {
    const text = await exposition(name);
    const there = new Set(text.split('\n').map(line => /^[\w:]+/.exec(line)?.[0]));
    const missing = queries.flatMap(metricNames).filter(metric => !there.has(metric));
    expect(missing).toEqual([]);
  });

  test('reads as PromQL with matchers and the rate interval filled in', () => {
    for (const query of queries) {
      expect(findError(query)).toBeUndefined();
      expect(query).toContain('env="prod"');
      expect(query).not.toContain('$');
    }
  });

  test('says of each signal what normal is', () => {
    for (const signal of loaded.pack.classes.flatMap(item => item.signals)) expect(signal.about).not.toBe('');
  });
});
