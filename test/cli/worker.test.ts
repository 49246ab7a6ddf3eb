import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainClass } from '../../cli/class-training.ts';
import { loadContext, loadOrExplain } from '../../cli/load.ts';
import { onlySource } from '../../cli/sources.ts';
import { createTrainingPool, trainingThreads } from '../../cli/worker.ts';
import { createPrometheusSource, prometheusOptions } from '../../collectors/prometheus.ts';
import { SourceError } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { sourceTarget } from '../server/source-target.ts';
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
        watch: () => ({ classes: [], sources: [], budget: undefined, unusual: { total: 0, rows: [] } }),
        health: () => ({ healthy: true, ready: true, reasons: [] }),
      },
      registry: createMetrics().registry,
      results: sourceTarget(past, until),
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
    const worker = createTrainingPool(loaded, {
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
    const worker = createTrainingPool(configOf(url), { entry });
    expect(await worker.train({ ...job, until: 10 * hour }, silent)).toBeUndefined();
    await worker.close();
  });

  it('rejects with a SourceError when the source is away, and trains again afterwards', async () => {
    const worker = createTrainingPool(configOf('http://127.0.0.1:9'), { entry });
    await expect(worker.train(job, silent)).rejects.toThrow(SourceError);
    await expect(worker.train(job, silent)).rejects.toThrow(/127\.0\.0\.1:9/);
    await worker.close();
  });

  it('gives a job up when it is closed', async () => {
    const worker = createTrainingPool(configOf(url), { entry });
    const jobs = [worker.train(job, silent), worker.train(job, silent)].map(given =>
      expect(given).rejects.toThrow(/ended/),
    );
    await worker.close();
    await Promise.all(jobs);
    await expect(worker.train(job, silent)).rejects.toThrow(/ended/);
  });
});

describe('a pool of training threads', () => {
  /** A thread that dies of the class `bad/bad`, and of all others says that they have no history once it knows of `count` of them. */
  const threadOf = (count: number) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, workerData } from 'node:worker_threads';
        const met = new Int32Array(workerData.loaded.met);
        parentPort.on('message', job => {
          if (job.class === 'bad/bad') process.exit(3);
          Atomics.add(met, 0, 1);
          Atomics.notify(met, 0);
          for (let n = 1; n < ${count}; n++) Atomics.wait(met, 0, n);
          parentPort.postMessage({ kind: 'progress', share: Atomics.load(met, 0) });
          parentPort.postMessage({ kind: 'done', trained: undefined });
        });`)}`,
    );
  const classOf = (name: string) => ({ ...job, class: name });
  const poolOf = (threads: number, meeting: number) => {
    const loaded = { ...configOf('http://127.0.0.1:9'), met: new SharedArrayBuffer(4) };
    return createTrainingPool(loaded, { threads, entry: threadOf(meeting) });
  };

  it('works on as many classes at once as it has threads', async () => {
    const pool = poolOf(2, 2);
    const shares: number[] = [];
    const jobs = ['a/a', 'b/b'].map(name => pool.train(classOf(name), share => shares.push(share)));
    expect(await Promise.all(jobs)).toEqual([undefined, undefined]);
    expect(shares).toEqual([2, 2]);
    await pool.close();
  });

  it('lets a thread that dies take its own class with it, and goes on with the others', async () => {
    const pool = poolOf(1, 1);
    const bad = expect(pool.train(classOf('bad/bad'), silent)).rejects.toThrow(/ended with 3/);
    const good = pool.train(classOf('a/a'), silent);
    await bad;
    expect(await good).toBeUndefined();
    await pool.close();
  });

  it('leaves a core to the passes, and gives each source a thread at least', () => {
    expect([1, 2, 4, 64].map(cores => trainingThreads(cores, 1))).toEqual([1, 1, 3, 4]);
    expect([2, 9].map(sources => trainingThreads(64, sources))).toEqual([2, 1]);
  });
});
