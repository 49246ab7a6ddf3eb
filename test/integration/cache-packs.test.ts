import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { indicatorQueries } from '../../core/objective.ts';
import {
  createServerProcess,
  freePort,
  type LoopbackServer,
  missingCommands,
  temporaryFolder,
  until,
} from './loopback-server.ts';

const missing = missingCommands(
  'prometheus',
  'redis-server',
  'prometheus-redis-exporter',
  'nginx',
  'prometheus-nginx-exporter',
);

/** Everything that a pack asks, with the labels that its answer must carry. */
function questionsOf(name: string) {
  const loaded = loadPack(name, readFileSync(builtinPacks().get(name)!, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  const how = { match: '', params: {}, step: 1000, scrapeInterval: 1000 };
  const { classes, capacity, topology, objectives } = resolvePack(loaded.pack, how);
  return [
    ...classes.flatMap(({ class: { name: owner, signals }, entityLabels, queries }) =>
      signals.map((signal, k) => ({
        name: `${owner}/${signal.name}`,
        query: queries[k]!,
        labels: entityLabels,
      })),
    ),
    ...topology.map(({ from, to, via }) => ({ name: `${name}/topology`, query: via, labels: [from, to] })),
    ...capacity.flatMap(({ resource, used, limit }) => [
      { name: `${name}/${resource}, used`, query: used, labels: ['service', 'instance'] },
      { name: `${name}/${resource}, limit`, query: limit, labels: ['service', 'instance'] },
    ]),
    ...objectives.flatMap(({ name: promised, indicator }) =>
      indicatorQueries(indicator).map(({ query }) => ({ name: `${name}/${promised}`, query, labels: [] })),
    ),
  ];
}

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

/** Whether a port takes connections. */
function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
  });
}

function nginxConfig(dir: string, port: number): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off; pid ${dir}/nginx.pid; error_log ${dir}/nginx-error.log; events {}
http { access_log off; ${folders.map(name => `${name}_temp_path ${dir}/${name};`).join(' ')}
  server { listen 127.0.0.1:${port}; location /stub_status { stub_status; } } }`;
}

describe.skipIf(missing.length > 0)('the packs of Redis and nginx on real servers', () => {
  const dir = temporaryFolder('caches');
  const servers: LoopbackServer[] = [];
  let prometheus: LoopbackServer;

  const start = async (command: string, port: number, args: readonly string[], ready?: string) => {
    const server = createServerProcess({
      command,
      args,
      port,
      ready: ready ?? (() => listens(port)),
      logFile: `${dir}/${command}-${port}.log`,
    });
    servers.unshift(server);
    await server.start();
    return `127.0.0.1:${port}`;
  };
  const startRedis = async (...more: readonly string[]) => {
    const port = await freePort();
    mkdirSync(`${dir}/redis-${port}`);
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', `${dir}/redis-${port}`];
    await start('redis-server', port, [...args, '--maxmemory', '64mb', ...more]);
    const own = await freePort();
    const listen = ['-redis.addr', `redis://127.0.0.1:${port}`, '-web.listen-address', `127.0.0.1:${own}`];
    return { port, target: await start('prometheus-redis-exporter', own, listen, '/metrics') };
  };
  const startNginx = async () => {
    const port = await freePort();
    writeFileSync(`${dir}/nginx.conf`, nginxConfig(dir, port));
    await start('nginx', port, ['-c', `${dir}/nginx.conf`]);
    const own = await freePort();
    const uri = `http://127.0.0.1:${port}/stub_status`;
    const listen = ['-nginx.scrape-uri', uri, '-web.listen-address', `127.0.0.1:${own}`];
    return start('prometheus-nginx-exporter', own, listen, '/metrics');
  };
  const ask = async (query: string) => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    return answerSchema.parse(await answer.json()).data.result;
  };

  beforeAll(async () => {
    const primary = await startRedis();
    const replica = await startRedis('--replicaof', '127.0.0.1', String(primary.port));
    const job = (name: string, ...targets: readonly string[]) => ({
      job_name: name,
      static_configs: [{ targets, labels: { service: name } }],
    });
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [job('cache', primary.target, replica.target), job('web', await startNginx())],
    };
    writeFileSync(`${dir}/prometheus.yml`, JSON.stringify(config));
    const port = await freePort();
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    const args = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, listen];
    await start('prometheus', port, args, '/-/ready');
    prometheus = servers[0]!;
  });

  afterAll(async () => {
    for (const server of servers) await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Nobody reads a key here, so none is found or missed. */
  const asked = [...questionsOf('redis'), ...questionsOf('nginx')].filter(
    ({ name }) => name !== 'redis/server/hit_ratio',
  );

  it.each(asked)('answers $name', async ({ query, labels }) => {
    const result = await until(`an answer to ${query}`, async () => {
      const all = await ask(query);
      return all.length > 0 && all.every(({ value }) => Number.isFinite(Number(value[1]))) && all;
    });
    for (const { metric } of result) for (const label of labels) expect(metric[label], label).toMatch(/./);
  });
});
