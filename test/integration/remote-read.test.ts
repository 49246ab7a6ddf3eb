import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock } from './foreshock-server.ts';
import {
  createServerProcess,
  freePort,
  type LoopbackServer,
  missingCommands,
  temporaryFolder,
  until,
} from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const size = 500e9;

const answerSchema = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])),
        }),
      ),
    })
    .optional(),
});

/** Bytes in use: `/data` fills up, `/` goes up and down every week, both have nights. */
function used(mountpoint: string, t: number, now: number): number {
  const night = 2e9 * Math.sin((2 * Math.PI * t) / day);
  if (mountpoint === '/data') return size + ((t - now) / day - 12) * 4e9 + night;
  return 120e9 + 3e9 * (Math.floor(t / day) % 7) + night;
}

/** Three weeks of two file systems at full five minutes, and an hour of the time to come, in which it is watched. */
function historyOf(now: number): string {
  const last = Math.floor((now - 1) / (5 * minute)) * 5 * minute;
  const past = Array.from({ length: 21 * 288 }, (_, i) => last - (21 * 288 - 1 - i) * 5 * minute);
  const times = [...past, ...Array.from({ length: 61 }, (_, i) => now + i * minute)];
  const family = (name: string, value: (mountpoint: string, t: number) => number) => [
    `# TYPE ${name} gauge`,
    ...['/data', '/'].flatMap(mountpoint => {
      const labels = `instance="host-1",job="node",device="disk",fstype="ext4",mountpoint="${mountpoint}"`;
      return times.map(t => `${name}{${labels}} ${value(mountpoint, t)} ${t / 1000}`);
    }),
  ];
  const lines = [
    ...family('node_filesystem_avail_bytes', (mountpoint, t) => size - used(mountpoint, t, now)),
    ...family('node_filesystem_size_bytes', () => size),
  ];
  return `${lines.join('\n')}\n# EOF\n`;
}

const pack = `pack: disks
title: Disks
about: File systems of hosts.
exporter: {name: node_exporter, versions: '1.5', docs: 'https://github.com/prometheus/node_exporter'}
classes:
  - name: disk
    entity: [instance, mountpoint]
    signals:
      - name: used
        kind: saturation
        query: max by (instance, mountpoint) (node_filesystem_size_bytes - node_filesystem_avail_bytes)
        unit: bytes
        bad: high
        floor: 1e9
        about: What lies on the disk.
capacity:
  - resource: filesystem
    class: disk
    unit: bytes
    used: max by (instance, mountpoint) (node_filesystem_size_bytes - node_filesystem_avail_bytes)
    limit: max by (instance, mountpoint) (node_filesystem_size_bytes)
`;

/** A Prometheus that reads from foreshock and has nothing of its own. */
async function createReader(dir: string, url: string, remote: object): Promise<LoopbackServer> {
  mkdirSync(dir);
  const external = { cluster: 'eu' };
  const config = {
    global: { external_labels: external },
    remote_read: [{ url: `${url}/api/v1/read`, read_recent: true, ...remote }],
  };
  writeFileSync(`${dir}/prometheus.yml`, JSON.stringify(config));
  const port = await freePort();
  return createServerProcess({
    command: 'prometheus',
    args: [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    port,
    ready: '/-/ready',
    logFile: `${dir}/prometheus.log`,
  });
}

describe.skipIf(missing.length > 0)('a Prometheus that reads from foreshock', () => {
  const dir = temporaryFolder('remote-read');
  const now = Math.floor(Date.now() / minute) * minute;
  let source: LoopbackServer;
  let foreshock: LoopbackServer;
  let reader: LoopbackServer;
  let stranger: LoopbackServer;

  async function range(
    server: LoopbackServer,
    query: string,
    at: { from: number; to: number; step?: string },
  ) {
    const { from, to, step = '1h' } = at;
    const text = new URLSearchParams({ query, start: `${from / 1000}`, end: `${to / 1000}`, step });
    const { data, error } = answerSchema.parse(
      await (await fetch(`${server.url}/api/v1/query_range?${text}`)).json(),
    );
    expect(error).toBeUndefined();
    return data!.result;
  }

  const some = async (query: string, from: number, to: number) => {
    const found = await range(foreshock, query, { from, to });
    return found.length > 0 ? found : undefined;
  };

  beforeAll(async () => {
    source = await createPrometheusServer({ dir, targets: [], history: historyOf(now) });
    await source.start();
    writeFileSync(`${dir}/disks.yaml`, pack);
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${source.url}"}
packs: [{file: disks.yaml}]
global: {scrape_interval: 1m, step: 1m, delay: 1s, external_labels: {cluster: eu}}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${dir}/told.jsonl"}}]`,
    );
    await foreshock.start();
    reader = await createReader(`${dir}/reader`, foreshock.url, {});
    stranger = await createReader(`${dir}/stranger`, foreshock.url, { filter_external_labels: false });
    await Promise.all([reader.start(), stranger.start()]);
    await until('the forecast is there', () => some('foreshock_capacity_forecast', now + day, now + 2 * day));
    await until('the expected range is there', () => some('foreshock_expected', now + day, now + 2 * day));
  });

  afterAll(async () => {
    await Promise.all([reader?.stop(), stranger?.stop(), foreshock?.stop(), source?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('draws the forecast beyond now, at every step as foreshock itself does', async () => {
    // Half past: the reader carries a last sample on for five minutes, which foreshock does not.
    const half = Math.floor(now / hour) * hour + hour / 2;
    const span = { from: half - 5 * day, to: half + 20 * day };
    for (const query of [
      'foreshock_capacity_forecast{mountpoint="/data",quantile="0.5"}',
      'foreshock_capacity_used{mountpoint="/data"}',
      'foreshock_expected_upper{mountpoint="/"}',
    ]) {
      // A pass that is judged in between may move what is expected.
      const [own, theirs] = await until(`${query} stands still`, async () => {
        const [before] = await range(foreshock, query, span);
        const [read] = await range(reader, query, span);
        const [after] = await range(foreshock, query, span);
        return isDeepStrictEqual(before, after) ? ([before, read] as const) : undefined;
      });
      expect(theirs).toEqual(own);
      expect(own!.values.length).toBeGreaterThan(100);
    }
    const [future] = await range(reader, 'foreshock_capacity_forecast{quantile="0.5",mountpoint="/data"}', {
      from: now + day,
      to: now + 20 * day,
    });
    expect(future!.values.at(-1)![0] * 1000).toBeGreaterThan(now + 19 * day);
    expect(Number(future!.values.at(-1)![1])).toBeGreaterThan(0.97 * size);
  });

  it('computes the range that is expected, of the hour, in the past and ahead', async () => {
    const query = 'foreshock_expected{mountpoint="/data",signal="used"}';
    const ahead = await range(reader, query, { from: now + hour, to: now + 8 * day });
    expect(ahead[0]!.values).toHaveLength(7 * 24 + 24);
    const width = await range(reader, 'foreshock_expected_upper - foreshock_expected_lower', {
      from: now - day,
      to: now + day,
    });
    expect(width).toHaveLength(2);
    expect(width.flatMap(({ values }) => values).every(([, value]) => Number(value) >= 0)).toBe(true);
  });

  it('goes by regular expressions and by what is not, and aggregates', async () => {
    const span = { from: now + day, to: now + 2 * day };
    const byName = 'count by (__name__) ({__name__=~"foreshock_expected.*",mountpoint!~"/d.+"})';
    const names = await range(reader, byName, span);
    expect(names.map(({ metric }) => metric.__name__).sort()).toEqual([
      'foreshock_expected',
      'foreshock_expected_lower',
      'foreshock_expected_upper',
    ]);
    const sum = 'sum(foreshock_capacity_forecast{quantile="0.5",mountpoint=~"/|/data"})';
    const [both] = await range(reader, sum, span);
    const [own] = await range(foreshock, sum, span);
    expect(both!.values.map(([t]) => t)).toEqual(own!.values.map(([t]) => t));
    for (const [k, [, value]] of both!.values.entries())
      expect(Number(value) / Number(own!.values[k]![1])).toBeCloseTo(1, 9);
    const most = 'max_over_time(foreshock_capacity_forecast{quantile="0.975"}[20d:6h] offset -20d)';
    const highest = await range(reader, most, { from: now, to: now });
    const values = new Map(highest.map(({ metric, values }) => [metric.mountpoint, Number(values[0]![1])]));
    expect(values.get('/data')).toBeGreaterThan(0.97 * size);
    expect(values.get('/')).toBeLessThan(0.5 * size);
  });

  it('reads states and budgets as they are now', async () => {
    const state = await until('a pass was judged', async () => {
      const at = Date.now();
      const found = await range(reader, 'foreshock_series_state', { from: at, to: at });
      return found.length > 0 ? found : undefined;
    });
    expect(new Set(state.map(({ metric }) => metric.signal))).toEqual(new Set(['used']));
    const at = Date.now();
    const left = await range(
      reader,
      'foreshock_budget_allowed - on () group_left sum(foreshock_budget_pages)',
      { from: at, to: at },
    );
    expect(left.map(({ values }) => values[0]![1])).toContain('2');
  });

  it('carries the external labels as its own do: taken away from who has the same, shown to who wants them', async () => {
    const query = 'foreshock_capacity_forecast{quantile="0.5",mountpoint="/data"}';
    const span = { from: now + day, to: now + day };
    const [same] = await range(reader, query, span);
    expect(same!.metric).not.toHaveProperty('cluster');
    const [other] = await range(stranger, query, span);
    expect(other!.metric.cluster).toBe('eu');
    expect(await range(stranger, query.replace('{', '{cluster="us",'), span)).toEqual([]);
  });

  it('hears why a query cannot be answered', async () => {
    const wide = new URLSearchParams({
      query: 'foreshock_expected{mountpoint=~"(?z)"}',
      start: `${now / 1000}`,
      end: `${now / 1000}`,
      step: '1h',
    });
    const answer = await fetch(`${reader.url}/api/v1/query_range?${wide}`);
    expect(answer.status).toBe(400);
    expect(answerSchema.parse(await answer.json()).error).toMatch(/invalid|regular expression/);
  });

  it('serves `promtool query range` the forecast as a plain source of data', async () => {
    const args = ['query', 'range', `--start=${now / 1000 + 86_400}`, `--end=${now / 1000 + 5 * 86_400}`];
    const query = 'foreshock_capacity_forecast{mountpoint="/data",quantile="0.5"}';
    const { stdout } = await promisify(execFile)('promtool', [...args, '--step=6h', foreshock.url, query]);
    expect(stdout).toMatch(/^foreshock_capacity_forecast\{.*mountpoint="\/data".*quantile="0.5"/);
    const samples = [...stdout.matchAll(/^(\S+) @\[(\S+)\]$/gm)];
    expect(samples).toHaveLength(17);
    expect(Number(samples.at(-1)![2]) * 1000).toBeGreaterThan(Date.now() + 4 * day);
    expect(Number(samples.at(-1)![1])).toBeGreaterThan(450e9);
  });
});
