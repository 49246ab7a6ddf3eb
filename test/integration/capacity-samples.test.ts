import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResource } from '../../cli/capacity-reads.ts';
import {
  createPrometheusSource,
  type PrometheusSource,
  prometheusOptions,
} from '../../collectors/prometheus.ts';
import { type LoopbackServer, missingCommands, temporaryFolder } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const hour = 3_600_000;
const day = 24 * hour;
const disks = 40;
const days = 45;
/** Two selectors of 40 series: three of the 45 days at once. */
const maxSamples = 30_000;

function historyOf(end: number): string {
  const times = Array.from({ length: days * 24 + 1 }, (_, h) => end - h * hour).reverse();
  const family = (name: string, value: number) => [
    `# TYPE ${name} gauge`,
    ...Array.from({ length: disks }, (_, k) =>
      times.map(t => `${name}{instance="n${k}"} ${value + k} ${t / 1000}`),
    ).flat(),
  ];
  return `${[...family('disk_size', 1000), ...family('disk_free', 100)].join('\n')}\n# EOF\n`;
}

describe.skipIf(missing.length > 0)('a Prometheus whose queries may hold few samples', () => {
  const dir = temporaryFolder('capacity-samples');
  const end = Math.floor(Date.now() / day) * day;
  let prometheus: LoopbackServer;
  let source: PrometheusSource;

  beforeAll(async () => {
    prometheus = await createPrometheusServer({
      dir,
      targets: [],
      history: historyOf(end),
      retention: '90d',
      maxSamples,
    });
    await prometheus.start();
    source = createPrometheusSource(
      prometheusOptions.parse({ url: prometheus.url, samples_per_query: maxSamples }),
    );
  });

  afterAll(async () => {
    await source?.close();
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read day by day as far as it goes', async () => {
    const resource = {
      ...({ pack: 'node', resource: 'disk', unit: 'bytes', daily: 'max', about: '', action: '' } as const),
      ...{ used: 'max by (instance) (disk_size - disk_free)', limit: 'max by (instance) (disk_size)' },
      ...{ regressors: [], labels: {}, source: { name: 'here', source } },
    };
    const { signal } = new AbortController();
    const { entities, complaint } = await readResource(resource, {
      start: end - (days - 2) * day,
      end,
      signal,
    });
    expect(complaint).toBeUndefined();
    expect(entities).toHaveLength(disks);
    for (const { used, limit } of entities) {
      expect(used.v).toHaveLength(days - 1);
      expect(limit.v).toHaveLength(days - 1);
      expect(new Set(used.v)).toEqual(new Set([900]));
    }
  });
});
