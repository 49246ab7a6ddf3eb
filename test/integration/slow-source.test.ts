import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { MisbehavingExporter } from './misbehaving-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';
import { createSlowProxy, type SlowProxy } from './slow-proxy.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus', 'promtool');
const step = 2;

describe.skipIf(missing.length > 0)('when one of two sources answers slower than the step', () => {
  const dir = temporaryFolder('slow');
  let exporter: MisbehavingExporter;
  let prometheus: LoopbackServer;
  let proxy: SlowProxy;
  let hook: WebhookSink;
  let foreshock: LoopbackServer;
  const newest = async (source: string) =>
    (await ownMetric(
      foreshock,
      `foreshock_pass_last_timestamp_seconds{class="service/service@${source}"}`,
    )) ?? 0;
  const late = (status: string) =>
    hook.posted
      .map(({ alert }) => alert)
      .filter(alert => alert.labels.alertname === 'ForeshockPassLate' && alert.status === status);

  beforeAll(async () => {
    const now = Math.floor(Date.now() / 2000) * 2000;
    exporter = new MisbehavingExporter(now - 1_800_000, 31);
    const history = exporter.history(now, 2000);
    prometheus = await createPrometheusServer({ dir, targets: await exporter.listen(), history });
    await prometheus.start();
    await scrapedSteadily(prometheus);
    proxy = await createSlowProxy(prometheus.url);
    hook = await createWebhookSink();
    foreshock = await createForeshock(
      dir,
      `prometheus:
  - {name: direct, url: "${prometheus.url}"}
  - {name: slow, url: "${proxy.url}"}
packs: [service]
global: {scrape_interval: 2s, step: ${step}s, delay: 2s}
storage: {path: "${dir}/state"}
receivers: [{name: hook, webhook: {url: "${hook.url}"}}]`,
    );
    await foreshock.start();
    for (const source of ['direct', 'slow'])
      await until(`passes over ${source}`, async () => (await newest(source)) > 0);
  }, 320_000);

  afterAll(async () => {
    await foreshock?.stop();
    await Promise.all([prometheus?.stop(), proxy?.close(), exporter?.close(), hook?.close()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('says that it is late, while the other one is judged on time', async () => {
    proxy.delay(1000 * step);
    await until('it is told', () => late('firing').some(({ labels }) => labels.source === 'slow'));
    const seen = await newest('direct');
    const slow = await newest('slow');
    await until('passes over the other go on', async () => (await newest('direct')) >= seen + 5 * step);
    expect((await newest('direct')) - slow).toBeGreaterThan(step);
    expect(late('firing').filter(({ labels }) => labels.source === 'direct')).toEqual([]);
  });

  it('still judges what comes late, and says when it is on time again', async () => {
    const seen = await newest('slow');
    await until('it is read on', async () => (await newest('slow')) > seen);
    proxy.delay(0);
    await until('it is told', () => late('resolved').some(({ labels }) => labels.source === 'slow'));
  });
});
