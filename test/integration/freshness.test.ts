import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBatches } from '../../collectors/class-reader.ts';
import {
  createPrometheusSource,
  type PrometheusSource,
  prometheusOptions,
} from '../../collectors/prometheus.ts';
import { resolvePack } from '../../config/resolve.ts';
import { packSchema } from '../../core/pack.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const scrape = 2000;
const spec = packSchema.parse({
  pack: 'queue',
  title: 'Queue',
  about: 'A queue.',
  exporter: { name: 'test', versions: 'any' },
  classes: [
    {
      name: 'queue',
      entity: ['queue'],
      signals: [{ name: 'depth', kind: 'saturation', query: 'max by (queue) (queue_depth)' }],
    },
  ],
});
const [watched] = resolvePack(spec, { match: '', params: {}, step: scrape, scrapeInterval: scrape }).classes;

describe.skipIf(missing.length > 0)('a gauge whose target is gone', () => {
  const dir = temporaryFolder('freshness');
  let lastTold = 0;
  let tells = true;
  let prometheus: LoopbackServer;
  let source: PrometheusSource;
  // Samples that carry their own time get no staleness marker: Prometheus' lookback carries them on for five minutes.
  const exporter = createServer((_, response) => {
    if (tells) lastTold = Date.now();
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(tells ? `queue_depth{queue="mail"} 7 ${lastTold}\n` : '');
  });

  beforeAll(async () => {
    await new Promise<void>(resolve => exporter.listen(0, '127.0.0.1', resolve));
    const address = exporter.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    const targets = [{ targets: [`127.0.0.1:${address.port}`], labels: {} }];
    prometheus = await createPrometheusServer({ dir, targets });
    await prometheus.start();
    source = createPrometheusSource(prometheusOptions.parse({ url: prometheus.url, scrape_interval: '2s' }));
  });

  afterAll(async () => {
    await source?.close();
    await prometheus?.stop();
    exporter.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is missing two scrapes after its last sample, while the plain selector goes on', async () => {
    const seen = await until('the gauge is scraped', async () => {
      const { series } = await source.queryInstant('queue_depth', Date.now());
      return series[0]?.v[0] === 7 ? Date.now() : undefined;
    });
    tells = false;
    await until('three scrapes later', () => Date.now() > Math.max(seen, lastTold) + 3 * scrape);
    const start = Math.floor(lastTold / scrape) * scrape;
    const end = Math.floor(Date.now() / scrape) * scrape;
    const { batches } = await readBatches(source, watched!, { start, end });
    const late = batches.filter(({ t }) => t > lastTold + 2 * scrape);
    expect(batches.some(({ values }) => values[0] === 7)).toBe(true);
    expect(late.length).toBeGreaterThan(0);
    for (const { values } of late) expect(values[0] ?? Number.NaN).toBeNaN();
    const plain = await source.queryInstant('queue_depth', end);
    expect(plain.series[0]?.v[0]).toBe(7);
  });
});
