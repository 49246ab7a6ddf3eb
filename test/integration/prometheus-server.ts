import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { createServerProcess, freePort, type LoopbackServer, until } from './loopback-server.ts';
import type { ScrapeTarget } from './misbehaving-exporter.ts';

export interface PrometheusSetup {
  /** Folder of its config, its blocks and its log; the blocks stay when it stops. */
  readonly dir: string;
  /** What it scrapes every two seconds. */
  readonly targets: readonly ScrapeTarget[];
  /** Where the targets are told by a file that may change (`writeTargets`), not by the config. */
  readonly discovery?: 'file';
  /** Further jobs by name: addresses that it scrapes at `/metrics`. */
  readonly jobs?: Readonly<Record<string, readonly string[]>>;
  /** OpenMetrics text that becomes blocks before it starts. */
  readonly history?: string;
  /** How long it keeps its blocks, where that is longer than its own 15 days. */
  readonly retention?: string;
  /** Samples that one of its queries may hold at once; 50 million unless given. */
  readonly maxSamples?: number;
}

/** A real Prometheus on a free port of loopback, not started yet. */
export async function createPrometheusServer(setup: PrometheusSetup): Promise<LoopbackServer> {
  const { dir, targets, history, discovery, retention, maxSamples, jobs = {} } = setup;
  const data = `${dir}/prometheus-data`;
  if (history !== undefined) {
    writeFileSync(`${dir}/history.txt`, history);
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=486h', '--quiet'];
    execFileSync('promtool', [...args, `${dir}/history.txt`, data], { stdio: 'ignore' });
  }
  writeTargets(dir, targets);
  const told =
    discovery === 'file'
      ? { file_sd_configs: [{ files: [`${dir}/targets.json`], refresh_interval: '1s' }] }
      : { static_configs: targets };
  const config = {
    global: { scrape_interval: '2s', scrape_timeout: '2s' },
    scrape_configs: [
      { job_name: 'web', honor_labels: true, ...told },
      ...Object.entries(jobs).map(([name, each]) => ({
        job_name: name,
        static_configs: [{ targets: each }],
      })),
    ],
  };
  writeFileSync(`${dir}/prometheus.yml`, JSON.stringify(config));
  const port = await freePort();
  return createServerProcess({
    command: 'prometheus',
    args: [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(maxSamples === undefined ? [] : [`--query.max-samples=${maxSamples}`]),
      ...(retention === undefined ? [] : [`--storage.tsdb.retention.time=${retention}`]),
    ],
    port,
    ready: '/-/ready',
    logFile: `${dir}/prometheus.log`,
  });
}

/** Tells a Prometheus with `discovery: 'file'` in `dir` what to scrape from now on. */
export function writeTargets(dir: string, targets: readonly ScrapeTarget[]): void {
  writeFileSync(`${dir}/targets.new`, JSON.stringify(targets));
  renameSync(`${dir}/targets.new`, `${dir}/targets.json`);
}

const answerSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/**
 * Waits until every target was scraped live without a gap for 20 s, as in a Prometheus that was there before foreshock.
 * The history has no `scrape_duration_seconds`, so that it does not count.
 */
export async function scrapedSteadily(prometheus: LoopbackServer): Promise<void> {
  const query = encodeURIComponent('min(count_over_time(scrape_duration_seconds[20s]))');
  await until('Prometheus scrapes steadily', async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${query}`);
    const [first] = answerSchema.parse(await answer.json()).data.result;
    return first !== undefined && Number(first.value[1]) >= 10;
  });
}
