import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { MisbehavingExporter, type ScrapeTarget } from './misbehaving-exporter.ts';
import { createPrometheusServer, scrapedSteadily, writeTargets } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const hour = 3_600_000;
const lastPass = 'foreshock_pass_last_timestamp_seconds{class="service/service"}';
const gone = 'foreshock_series_watched{class="service/service",state="gone"}';
const lineSchema = z.object({ alert: z.looseObject({ labels: z.record(z.string(), z.string()) }) });

/** Services of the incidents in the file receiver's file. */
function paged(file: string): readonly (string | undefined)[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => lineSchema.parse(JSON.parse(line)).alert.labels)
    .filter(labels => labels.alertname === 'ForeshockIncident')
    .map(labels => labels.service);
}

describe.skipIf(missing.length > 0)('a service that goes away', () => {
  const dir = temporaryFolder('departures');
  const file = `${dir}/told.jsonl`;
  let exporter: MisbehavingExporter;
  let targets: readonly ScrapeTarget[];
  let prometheus: LoopbackServer;
  let foreshock: LoopbackServer;

  /** Resolves when so many passes more have ended. */
  async function passes(count: number): Promise<void> {
    const begun = await until('a pass', () => ownMetric(foreshock, lastPass));
    const enough = async () => ((await ownMetric(foreshock, lastPass)) ?? 0) >= begun + 2 * count;
    await until(`${count} passes`, enough);
  }

  beforeAll(async () => {
    const now = Math.floor(Date.now() / 2000) * 2000;
    exporter = new MisbehavingExporter(now - 1.2 * hour, 7);
    const history = exporter.history(now, 2000);
    targets = await exporter.listen();
    prometheus = await createPrometheusServer({ dir, targets, history, discovery: 'file' });
    await prometheus.start();
    await scrapedSteadily(prometheus);
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}"}
packs: [service]
global: {scrape_interval: 2s, step: 2s, delay: 2s}
correlation: {group_wait: 2s, window: 60s, resolve_after: 10s}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${file}"}}]`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop()]);
    await exporter?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('pages nobody when its target is taken out of service discovery', async () => {
    await until('all classes are learned', async () => {
      const watching = 'foreshock_series_watched{class="service/instance",state="watching"}';
      return ((await ownMetric(foreshock, watching)) ?? 0) > 0 && (await ownMetric(foreshock, lastPass));
    });
    await passes(10);
    writeTargets(
      dir,
      targets.filter(({ labels }) => labels.service === 'checkout'),
    );
    await until('it is gone', async () => (await ownMetric(foreshock, gone)) === 1);
    await passes(20);
    expect(paged(file)).toEqual([]);
    const page = await (await fetch(`${foreshock.url}/`)).text();
    expect(page).toContain('its target left service discovery; 1 other is still scraped in job web');
  });

  it('is remembered over a restart: foreshock watches at its first pass', async () => {
    await foreshock.stop();
    await foreshock.start();
    expect(foreshock.log()).toMatch(/service\/service: watches on with model 1 of 2 entities/);
    await passes(10);
    expect(paged(file)).toEqual([]);
    expect(foreshock.log().match(/learning service\/service"/g)).toHaveLength(1);
  });

  it('pages when its exporter is killed, though no other service is left', async () => {
    exporter.vanish('checkout');
    await until('it is told', () => paged(file).length > 0);
    expect(paged(file)).toEqual(['checkout']);
  });
});
