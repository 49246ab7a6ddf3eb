import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const hour = 3_600_000;
const day = 24 * hour;
const size = 500e9;

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
const lineSchema = z.object({
  status: z.string(),
  alert: z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
});

/** Bytes in use at an hour: `/data` is full five days after `now`, `/` goes up and down as it is cleaned every week. */
function used(mountpoint: string, t: number, now: number): number {
  const days = (t - now) / day;
  const night = 2e9 * Math.sin((2 * Math.PI * t) / day);
  if (mountpoint === '/data') return size + (days - 5) * 4e9 + night;
  return 120e9 + 3e9 * (Math.floor(t / day) % 7) + night;
}

/** 60 days of two file systems and of memory, an hour apart, as node_exporter tells them. */
function historyOf(now: number): string {
  const times = Array.from({ length: 60 * 24 }, (_, i) => now - (60 * 24 - 1 - i) * hour);
  const samples = (name: string, labels: string, value: (t: number) => number) => [
    `# TYPE ${name} gauge`,
    ...times.map(t => `${name}{${labels}} ${value(t)} ${t / 1000}`),
  ];
  const host = 'instance="host-1"';
  const disks = ['/data', '/'].map(mountpoint => ({
    labels: `${host},device="disk",fstype="ext4",mountpoint="${mountpoint}"`,
    mountpoint,
  }));
  const family = (name: string, value: (mountpoint: string, t: number) => number) => [
    `# TYPE ${name} gauge`,
    ...disks.flatMap(({ labels, mountpoint }) =>
      times.map(t => `${name}{${labels}} ${value(mountpoint, t)} ${t / 1000}`),
    ),
  ];
  const lines = [
    ...family('node_filesystem_avail_bytes', (mountpoint, t) => size - used(mountpoint, t, now)),
    ...family('node_filesystem_size_bytes', () => size),
    ...samples('node_memory_MemTotal_bytes', host, () => 64e9),
    ...samples('node_memory_MemAvailable_bytes', host, t => 40e9 + 4e9 * Math.sin((2 * Math.PI * t) / day)),
  ];
  return `${lines.join('\n')}\n# EOF\n`;
}

describe.skipIf(missing.length > 0)('the resources of a host with weeks of history', () => {
  const dir = temporaryFolder('capacity');
  const file = `${dir}/told.jsonl`;
  let prometheus: LoopbackServer;
  let foreshock: LoopbackServer;

  const told = () =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map(line => lineSchema.parse(JSON.parse(line)))
          .filter(({ alert }) => alert.labels.resource === 'filesystem')
      : [];

  async function range(query: string, from: number, to: number) {
    const text = new URLSearchParams({ query, start: `${from / 1000}`, end: `${to / 1000}`, step: '6h' });
    const answer = await fetch(`${foreshock.url}/api/v1/query_range?${text}`);
    return answerSchema.parse(await answer.json()).data.result;
  }

  beforeAll(async () => {
    const now = Math.floor(Date.now() / hour) * hour;
    prometheus = await createPrometheusServer({ dir, targets: [], history: historyOf(now) });
    await prometheus.start();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}"}
packs: [node]
global: {scrape_interval: 2s, step: 2s, delay: 2s}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${file}"}}]`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('tells of the file system that is full in some days, and of no other', async () => {
    await until('it is told', () => told().length > 0);
    expect(told().map(({ status, alert }) => [status, alert.labels.mountpoint])).toEqual([
      ['firing', '/data'],
    ]);
    const { labels, annotations } = told()[0]!.alert;
    expect(labels).toMatchObject({
      alertname: 'ForeshockIncident',
      pack: 'node',
      resource: 'filesystem',
      instance: 'host-1',
    });
    expect(annotations.description).toMatch(
      /is full on \d{4}-\d\d-\d\d .*of 500 GB are used.*Remove or archive/,
    );
    expect(
      await ownMetric(
        foreshock,
        'foreshock_capacity_resources{pack="node",resource="filesystem",state="fills"}',
      ),
    ).toBe(1);
    expect(
      await ownMetric(foreshock, 'foreshock_capacity_resources{pack="node",resource="memory",state="clear"}'),
    ).toBe(1);
  });

  it('serves what was used and what is expected as one line from the past into the future', async () => {
    const now = Date.now();
    const past = await range('foreshock_capacity_used{mountpoint="/data"}', now - 12 * day, now - 2 * day);
    expect(past[0]!.values.length).toBe(41);
    const future = await range(
      'foreshock_capacity_forecast{mountpoint="/data",quantile="0.5"}',
      now + day,
      now + 4 * day,
    );
    const [first, last] = [future[0]!.values[0]!, future[0]!.values.at(-1)!];
    expect(first[0] * 1000).toBeGreaterThan(now);
    expect(Number(last[1])).toBeGreaterThan(Number(first[1]));
    const [days] = await range(
      'foreshock_capacity_days_until_full{mountpoint="/data",bound="median"}',
      now,
      now + hour,
    );
    expect(Number(days!.values[0]![1])).toBeGreaterThan(3);
    expect(Number(days!.values[0]![1])).toBeLessThan(7);
  });

  it('goes on after a restart with what it knew, and tells nothing twice', async () => {
    await foreshock.stop();
    await prometheus.stop();
    await foreshock.start();
    const [days] = await until('the forecast is served', () =>
      range(
        'foreshock_capacity_days_until_full{mountpoint="/data",bound="median"}',
        Date.now(),
        Date.now() + hour,
      ),
    );
    expect(Number(days!.values[0]![1])).toBeLessThan(7);
    const down = () => readFileSync(file, 'utf8').includes('ForeshockSourceDown');
    await until('it sees that Prometheus is gone', down);
    expect(told().length).toBe(1);
  });
});
