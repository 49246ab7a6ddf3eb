import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainClass } from '../../cli/class-training.ts';
import { loadContext, loadOrExplain } from '../../cli/load.ts';
import { onlySource } from '../../cli/sources.ts';
import { createTrainingWorker } from '../../cli/worker.ts';
import { createPrometheusSource, prometheusOptions } from '../../collectors/prometheus.ts';
import { SourceError } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { createPast } from './virtual-past.ts';

const hour = 3_600_000;
const until = 100 * hour;
const entry = pathToFileURL(path.resolve(import.meta.dirname, '../../dist/cli/training-worker.js'));
const job = { class: 'service/service', until, depth: 'whole' } as const;
const silent = () => undefined;

/** A config of the service pack over the source at `url`, with two hours of history at 15 s. */
function configOf(url: string) {
  const text = `prometheus: {url: "${url}"}\npacks: [service]\ndetection: {training: 2h}`;
  const readFile = (file: string) => (file === 'test.yaml' ? text : loadContext.readFile(file));
  return loadOrExplain('test.yaml', { ...loadContext, readFile });
}

describe('training in a worker', () => {
  const past = createPast([
    { service: 'a', from: until - 50 * hour, until },
    { service: 'b', from: until - 50 * hour, until },
  ]);
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer({
      state: {
        incidents: () => [],
        incident: () => undefined,
        watch: () => ({ classes: [], sources: [], budget: undefined }),
        health: () => ({ healthy: true, ready: true, reasons: [] }),
      },
      registry: createMetrics().registry,
      results: { source: past, now: () => until, series: async () => [] },
      routes: [],
      log: silent,
    });
    ({ url } = await server.listen('127.0.0.1:0'));
  });
  afterAll(() => server.close());

  it('gives the same model as training in place, and tells how far it is', async () => {
    const loaded = configOf(url);
    const source = createPrometheusSource(prometheusOptions.parse({ url }));
    const here = await trainClass(loaded, job, { sources: onlySource(source) });
    await source.close();
    const counts = new Map<string, number>();
    const worker = createTrainingWorker(loaded, {
      entry,
      queries: (_, outcome, count) => counts.set(outcome, (counts.get(outcome) ?? 0) + count),
    });
    const shares: number[] = [];
    const there = await worker.train(job, share => shares.push(share));
    await worker.close();
    expect(here).toMatchObject({ snapshot: { entities: 2 } });
    expect(there).toEqual(here);
    expect(shares.at(-1)).toBe(1);
    expect(counts.get('ok')).toBeGreaterThan(10);
  });

  it('answers nothing for a class without a history', async () => {
    const worker = createTrainingWorker(configOf(url), { entry });
    expect(await worker.train({ ...job, until: 10 * hour }, silent)).toBeUndefined();
    await worker.close();
  });

  it('rejects with a SourceError when the source is away, and trains again afterwards', async () => {
    const worker = createTrainingWorker(configOf('http://127.0.0.1:9'), { entry });
    await expect(worker.train(job, silent)).rejects.toThrow(SourceError);
    await expect(worker.train(job, silent)).rejects.toThrow(/127\.0\.0\.1:9/);
    await worker.close();
  });

  it('gives a job up when it is closed', async () => {
    const worker = createTrainingWorker(configOf(url), { entry });
    const job1 = expect(worker.train(job, silent)).rejects.toThrow(/ended/);
    await worker.close();
    await job1;
  });
});
