import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResultTarget } from '../../cli/results.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { resultSeries } from '../../cli/stored-series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';
import { stateOf } from '../server/checkout-incident.ts';
import { type LoopbackServer, missingCommands, temporaryFolder } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';
import { columns, noon, openMetrics, times } from './query-samples.ts';
import { close, exact, exactAtOnce, lists } from './query-texts.ts';

const missing = missingCommands('prometheus', 'promtool');

/** An answer with its series in one order: at one instant Prometheus gives those of some functions in that of a map. */
function ordered(body: string): string {
  const answer: { data: { result: { metric: unknown }[] } } = JSON.parse(body);
  const key = ({ metric }: { metric: unknown }) => JSON.stringify(metric);
  answer.data.result.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return JSON.stringify(answer);
}

describe.skipIf(missing.length > 0)('the query API beside a real Prometheus with the same samples', () => {
  const dir = temporaryFolder('query-api');
  const all = columns();
  let theirs: LoopbackServer;
  let server: Server;
  let ours = '';

  beforeAll(async () => {
    theirs = await createPrometheusServer({ dir, targets: [], history: openMetrics(all), retention: '100y' });
    mkdirSync(`${dir}/store`);
    const store = openStore(`${dir}/store`);
    for (const { labels, t, v } of all) store.results.append(seriesKey(labels), t, v);
    const options = { lookback: () => 300_000, now: Date.now, dialect: 2 } as const;
    server = createServer({
      state: stateOf([]),
      registry: createMetrics().registry,
      routes: [],
      results: createResultTarget(resultSeries(store.results), options),
      log: (message, error) => console.error(message, error),
    });
    ours = (await server.listen('127.0.0.1:0')).url;
    await theirs.start();
  });

  afterAll(async () => {
    await server?.close();
    await theirs?.stop('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  async function ask(url: string, path: string, form: Readonly<Record<string, string>>) {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  }

  const both = (path: string, form: Readonly<Record<string, string>>) =>
    Promise.all([ask(ours, path, form), ask(theirs.url, path, form)]);

  it.each(exact)('answers %s byte by byte', async query => {
    const [mine, real] = await both('query', { query, time: noon });
    expect(mine).toEqual(real);
    if (real.status === 400) return;
    const [myRange, realRange] = await both('query_range', { query, ...times });
    expect(myRange).toEqual(realRange);
  });

  it.each(exactAtOnce)('answers %s byte by byte at one instant', async query => {
    const [mine, real] = await both('query', { query, time: noon });
    expect(mine).toEqual(real);
  });

  it.each(close)('answers %s but for last digits', async query => {
    for (const [path, form] of [
      ['query', { query, time: noon }],
      ['query_range', { query, ...times }],
    ] as const) {
      const bodies = (await both(path, form)).map(({ body }) => ordered(body));
      const [mine, real] = bodies.map(body => body.replaceAll(/"-?[\d.]+(e[+-]\d+)?"/g, 'v'));
      expect(mine).toBe(real);
      const [a, b] = bodies.map(body =>
        [...body.matchAll(/,"(-?[\d.]+(e[+-]\d+)?)"/g)].map(found => Number(found[1])),
      );
      expect(b!.length).toBeGreaterThan(0);
      for (const [i, value] of b!.entries())
        expect(Math.abs(a![i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    }
  });

  it.each(lists)('answers %s byte by byte', async path => {
    const get = async (url: string) => {
      const answer = await fetch(`${url}/api/v1/${path}`);
      return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
    };
    expect(await get(ours)).toEqual(await get(theirs.url));
  });

  it.each([
    ['query', 'instant', '--time', noon, 'URL', 'gauge'],
    ['query', 'instant', '--time', noon, 'URL', 'scalar(sum(info))'],
    ['query', 'instant', '--time', noon, 'URL', 'flapping[5m]'],
    ['query', 'instant', '--time', noon, 'URL', 'sum('],
    [
      'query',
      'range',
      '--start',
      times.start,
      '--end',
      noon,
      '--step',
      '60s',
      'URL',
      'max by (Zone) (gauge)',
    ],
    ['query', 'range', '--start', times.start, '--end', noon, '--step', '60s', 'URL', 'gauge[5m]'],
    ['query', 'series', '--match', 'gauge', '--start', times.start, '--end', noon, 'URL'],
    ['query', 'labels', 'URL', 'instance'],
    ['query', 'labels', 'URL', '__name__'],
  ])('promtool reads the same: %s %s %s %s %s %s %s', async (...args) => {
    const run = (url: string) =>
      new Promise<readonly unknown[]>(resolve => {
        const given = args.map(arg => (arg === 'URL' ? url : arg));
        execFile('promtool', given, (error, stdout, stderr) => resolve([error?.code ?? 0, stdout, stderr]));
      });
    const real = await run(theirs.url);
    expect(await run(ours)).toEqual(real);
    expect(`${real[1]}${real[2]}`).not.toBe('');
  });
});
