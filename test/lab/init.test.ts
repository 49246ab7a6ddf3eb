import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { foreshockBeside } from '../cli/command.ts';
import { createForeshock } from '../integration/foreshock-server.ts';
import {
  createServerProcess,
  type LoopbackServer,
  missingCommands,
  temporaryFolder,
  until,
} from '../integration/loopback-server.ts';
import { layout } from './layout.ts';

const missing = missingCommands(
  ...['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter', 'prometheus-redis-exporter'],
  ...['prometheus-nginx-exporter', 'prometheus-postgres-exporter', 'redis-server', 'nginx'],
);
const root = process.getuid?.() === 0;
const basePort = 27_300;
const jobs = ['services', 'node', 'redis', 'postgresql', 'dns', 'nginx', 'prometheus', 'alertmanager'];

const answered = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

/** The labels of the series that a query answers. */
async function series(url: string, query: string): Promise<Record<string, string>[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return answered.parse(await answer.json()).data.result.map(({ metric }) => metric);
}

/** The lab as a program of its own; ready when all of its targets are scraped and visited. `work` is an empty folder. */
function createLab(dir: string, work: string): LoopbackServer {
  const root = path.join(import.meta.dirname, '../..');
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'test/lab/tsconfig.json')]);
  const { prometheus } = layout(basePort, work);
  const url = `http://127.0.0.1:${prometheus}`;
  return createServerProcess({
    command: process.execPath,
    args: [path.join(root, 'dist/lab/live.js'), String(basePort), work],
    port: prometheus,
    ready: async () =>
      (await series(url, 'count by (job) (count_over_time(up[1m]) > 3)')).length === jobs.length &&
      (await series(url, 'rate(http_client_requests_total{peer_service="dns"}[20s]) > 0')).length > 0,
    logFile: path.join(dir, 'lab.log'),
  });
}

describe.skipIf(missing.length > 0 || !root)('foreshock init on the lab', () => {
  const dir = temporaryFolder('init-lab');
  // Not below the other one: the users of PostgreSQL and nginx must reach it.
  const work = temporaryFolder('init-lab-servers');
  const file = path.join(dir, 'found.yaml');
  let lab: LoopbackServer;

  beforeAll(async () => {
    lab = createLab(dir, work);
    await lab.start();
  });

  afterAll(async () => {
    await lab.stop();
    for (const folder of [dir, work]) rmSync(folder, { recursive: true, force: true });
  });

  it('finds every part of it without help, and nothing that is not there', async () => {
    const { code, stderr } = await foreshockBeside(['init', '--prometheus', lab.url, '--output', file]);
    expect(code, stderr).toBe(0);
    const { packs, alertmanager } = parse(readFileSync(file, 'utf8'));
    expect(packs).toEqual(['alertmanager', 'nginx', 'node', 'postgresql', 'prometheus', 'redis', 'service']);
    expect(alertmanager).toEqual({ url: `http://127.0.0.1:${layout(basePort, work).alertmanager}` });
    expect(stderr).toMatch(/service\/instance: 8 entities of 5 signals\n/);
    expect(stderr).not.toMatch(/not answered/);
    const checked = await foreshockBeside(['check', 'config', file]);
    expect(checked.stdout + checked.stderr).toMatch(/^service: 4 classes, 15 signals$/m);
    expect(checked.code).toBe(0);
  });

  it('runs with the config as written, and asks for every class without a failed query', async () => {
    const state = `storage: {path: "${path.join(dir, 'state')}"}`;
    const foreshock = await createForeshock(dir, `${readFileSync(file, 'utf8')}\n${state}`);
    await foreshock.start();
    try {
      // Two passes: each class is asked for its signals, and for its past.
      const metrics = await until('each class of the lab was asked for twice', async () => {
        const text = await (await fetch(`${foreshock.url}/metrics`)).text();
        const asked = /^foreshock_source_queries_total\{.*outcome="ok"\} (\d+)/m.exec(text)?.[1];
        return Number(asked) > 2 * 91 && text;
      });
      expect(metrics).not.toMatch(/^foreshock_source_queries_total\{.*outcome="(?!ok").*\} [1-9]/m);
    } finally {
      await foreshock.stop();
    }
  });
});
