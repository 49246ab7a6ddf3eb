import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { PostgresClient } from '../lab/postgres-client.ts';
import { asPostgres, initCluster, postgresqlProgram, serverArguments } from '../lab/postgresql.ts';
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
  'prometheus-postgres-exporter',
  postgresqlProgram('postgres'),
  postgresqlProgram('initdb'),
);
const noStandby = 'a server without a standby has no such metric';
const mayBeEmpty: Readonly<Record<string, string>> = { replication_lag: noStandby };

const loaded = loadPack('postgresql', readFileSync(builtinPacks().get('postgresql')!, 'utf8'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
const how = { match: '', params: {}, step: 1000, scrapeInterval: 1000 };
const { classes, capacity } = resolvePack(loaded.pack, how);
const questions = [
  ...classes.flatMap(({ class: { signals }, queries }) =>
    signals.map(({ name }, k) => ({ name, query: queries[k]! })),
  ),
  ...capacity.flatMap(({ resource, used, limit }) => [
    { name: `${resource}, used`, query: used },
    { name: `${resource}, limit`, query: limit },
  ]),
];

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

describe.skipIf(missing.length > 0)('the pack of PostgreSQL on a real server with its exporter', () => {
  const dir = temporaryFolder('postgresql');
  const servers: LoopbackServer[] = [];
  let prometheus: LoopbackServer;
  let client: PostgresClient;

  const start = async (spec: Parameters<typeof createServerProcess>[0]) => {
    const server = createServerProcess(spec);
    servers.unshift(server);
    await server.start();
    return server;
  };
  const ask = async (query: string) => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    return answerSchema.parse(await answer.json()).data.result;
  };

  const startDatabase = async (port: number) => {
    // The server drops root, and must still reach its folder.
    chmodSync(dir, 0o755);
    mkdirSync(`${dir}/db`);
    initCluster(`${dir}/db`);
    const [command, args] = asPostgres('postgres', serverArguments(`${dir}/db`, port));
    client = new PostgresClient(port);
    const ready = () => client.run('SELECT 1').then(() => true);
    await start({ command, args, port, ready, logFile: `${dir}/db.log` });
  };

  beforeAll(async () => {
    const database = await freePort();
    await startDatabase(database);
    const port = await freePort();
    await start({
      command: 'prometheus-postgres-exporter',
      args: [`--web.listen-address=127.0.0.1:${port}`],
      port,
      ready: '/metrics',
      logFile: `${dir}/exporter.log`,
      as: {
        env: {
          ...process.env,
          DATA_SOURCE_NAME: `postgresql://lab@127.0.0.1:${database}/postgres?sslmode=disable`,
        },
      },
    });
    const job = {
      job_name: 'postgresql',
      static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { service: 'orders' } }],
    };
    writeFileSync(
      `${dir}/prometheus.yml`,
      JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [job] }),
    );
    const own = await freePort();
    prometheus = await start({
      command: 'prometheus',
      args: [
        `--config.file=${dir}/prometheus.yml`,
        `--storage.tsdb.path=${dir}/data`,
        `--web.listen-address=127.0.0.1:${own}`,
      ],
      port: own,
      ready: '/-/ready',
      logFile: `${dir}/prometheus.log`,
    });
  });

  afterAll(async () => {
    client?.close();
    for (const server of servers) await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(questions)('answers $name', async ({ name, query }) => {
    const result = await until(`an answer to ${query}`, async () => {
      const all = await ask(query);
      if (mayBeEmpty[name] !== undefined && all.length === 0) return all;
      return all.length > 0 && all.every(({ value }) => Number.isFinite(Number(value[1]))) && all;
    });
    for (const { metric } of result) expect(metric).toMatchObject({ service: 'orders' });
  });

  it('sees a lock that is held', async () => {
    await client.run('CREATE TABLE held (id int)');
    await client.run('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const locks = questions.find(({ name }) => name === 'exclusive_locks')!;
    await until('the lock is counted', async () => Number((await ask(locks.query))[0]?.value[1]) >= 1);
    await client.run('ROLLBACK');
  });
});
