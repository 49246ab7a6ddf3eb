import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { MisbehavingExporter } from './misbehaving-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus', 'promtool');
const hour = 3_600_000;
const lastPass = (source: string) =>
  `foreshock_pass_last_timestamp_seconds{class="service/service@${source}"}`;

/** A Prometheus with an exporter and an hour of history of its own. */
async function createRegion(dir: string, seed: number) {
  const now = Math.floor(Date.now() / 2000) * 2000;
  const exporter = new MisbehavingExporter(now - 1.2 * hour, seed);
  const history = exporter.history(now, 2000);
  const prometheus = await createPrometheusServer({ dir, targets: await exporter.listen(), history });
  await prometheus.start();
  await scrapedSteadily(prometheus);
  return { exporter, prometheus };
}

describe.skipIf(missing.length > 0)('when one of two Prometheus servers goes away', () => {
  const dirs = ['eu', 'us'].map(name => temporaryFolder(name));
  const dir = temporaryFolder('two-sources');
  let eu: Awaited<ReturnType<typeof createRegion>>;
  let us: Awaited<ReturnType<typeof createRegion>>;
  let hook: WebhookSink;
  let foreshock: LoopbackServer;
  const posted = (alertname: string, status: string) =>
    hook.posted
      .map(({ alert }) => alert)
      .filter(alert => alert.labels.alertname === alertname && alert.status === status);

  beforeAll(async () => {
    [eu, us] = await Promise.all([createRegion(dirs[0]!, 21), createRegion(dirs[1]!, 22)]);
    hook = await createWebhookSink();
    foreshock = await createForeshock(
      dir,
      `prometheus:
  - {name: eu, url: "${eu.prometheus.url}", timeout: 2s, external_labels: {region: eu}}
  - {name: us, url: "${us.prometheus.url}", timeout: 2s, external_labels: {region: us}}
packs: [service]
global: {scrape_interval: 2s, step: 2s, delay: 2s}
correlation: {group_wait: 2s, window: 60s, resolve_after: 10s}
storage: {path: "${dir}/state"}
receivers: [{name: hook, webhook: {url: "${hook.url}"}}]`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await foreshock?.stop();
    await Promise.all([eu, us].flatMap(each => [each?.prometheus.stop(), each?.exporter.close()]));
    await hook?.close();
    for (const each of [...dirs, dir]) rmSync(each, { recursive: true, force: true });
  });

  it('watches the classes of both side by side', async () => {
    for (const source of ['eu', 'us'])
      await until(`passes over ${source}`, () => ownMetric(foreshock, lastPass(source)));
    const page = await (await fetch(`${foreshock.url}/`)).text();
    expect(page).toContain('service/service@eu');
    expect(page).toContain('service/service@us');
  }, 320_000);

  it('says which one it does not see, and still tells the incident of the other', async () => {
    await eu.prometheus.stop();
    const [down] = await until('it says that it is blind', () => {
      const alerts = posted('ForeshockSourceDown', 'firing');
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(down?.labels.source).toBe('eu');
    us.exporter.behave('payments', { latency: 0.6, errors: 0.3 });
    const incident = await until('the incident is told', () =>
      posted('ForeshockIncident', 'firing').find(alert => alert.labels.region === 'us'),
    );
    expect(incident.labels).toMatchObject({ service: 'payments', region: 'us' });
    expect(posted('ForeshockIncident', 'firing').filter(alert => alert.labels.region === 'eu')).toEqual([]);
    expect(await ownMetric(foreshock, 'foreshock_source_up{source="eu"}')).toBe(0);
    expect(await ownMetric(foreshock, 'foreshock_source_up{source="us"}')).toBe(1);
  });

  it('sees again when it returns', async () => {
    await eu.prometheus.start();
    const seen = (await ownMetric(foreshock, lastPass('eu'))) ?? 0;
    await until('the end is told', () => posted('ForeshockSourceDown', 'resolved').length > 0);
    await until(
      'it passes over it again',
      async () => ((await ownMetric(foreshock, lastPass('eu'))) ?? 0) > seen,
    );
    expect(posted('ForeshockSourceDown', 'resolved').map(alert => alert.labels.source)).toEqual(['eu']);
  });
});
