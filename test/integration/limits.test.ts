import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';

describe('a class over a limit', () => {
  let dir: string;
  let source: FakeSource;
  let foreshock: LoopbackServer;
  const start = async (limits: string) => {
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${source.url}"}
packs: [service]
global: {scrape_interval: 1s, step: 1s, delay: 0s}
detection: {training: 10m}
limits: ${limits}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${dir}/told.jsonl"}}]`,
    );
    await foreshock.start();
  };
  const told = () => (existsSync(`${dir}/told.jsonl`) ? readFileSync(`${dir}/told.jsonl`, 'utf8') : '');
  const leftOut = (name: string, limit: string) =>
    until('the metric says so', async () => {
      const series = `foreshock_classes_left_out{class="service/${name}",limit="${limit}"}`;
      return (await ownMetric(foreshock, series)) === 1;
    });

  beforeEach(async () => {
    dir = temporaryFolder('limits');
    source = await createFakeSource();
  });

  afterEach(async () => {
    await foreshock?.stop();
    await source?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('of series is left out before its history is read, and it is said everywhere', async () => {
    source.hold(50);
    await start('{series: 60}');
    await leftOut('service', 'series');
    const read = source.asked.filter(({ query, steps }) => steps > 0 && !query.startsWith('count('));
    const counted = source.asked.filter(({ query }) => query.startsWith('count(sum by (service)'));
    expect(counted.length).toBeGreaterThan(0);
    expect(read.filter(({ query }) => query.includes('http_requests_total'))).toEqual([]);
    expect(foreshock.log()).toMatch(/service\/service: left out: .* more than limits.series \(60\)/);
    await until('the alert is told', () => told().includes('ForeshockClassLeftOut'));
    const page = await (await fetch(`${foreshock.url}/`)).text();
    expect(page).toContain('more than limits.series (60)');
  });

  it('of samples a query is left out when one step is above it', async () => {
    source.hold(50);
    await start('{samples_per_query: 20}');
    await leftOut('service', 'samples_per_query');
    const read = source.asked.filter(
      ({ query, steps }) => steps > 0 && query.includes('http_requests_total'),
    );
    expect(read).toEqual([]);
    expect(foreshock.log()).toContain('more than limits.samples_per_query (20)');
    expect(await ownMetric(foreshock, 'foreshock_source_up')).toBe(1);
  });
});
