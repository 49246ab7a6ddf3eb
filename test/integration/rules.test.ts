import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPrometheusSource } from '../../collectors/prometheus.ts';
import { prometheusOptions } from '../../collectors/prometheus-options.ts';
import { foreshockBeside } from '../cli/command.ts';
import { rulesOf, worstError } from '../rules/read-rules.ts';
import { storedModels } from '../rules/stored-models.ts';
import { createAlertmanagerServer } from './alertmanager-server.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { MisbehavingExporter } from './misbehaving-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool', 'prometheus-alertmanager');
const hour = 3_600_000;
const configSchema = z.looseObject({ scrape_configs: z.array(z.unknown()) });
const vectorSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const alertsSchema = z.array(
  z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) }),
);
const outside = 'foreshock:signal{signal="error_ratio"} > foreshock:band_upper{signal="error_ratio"} + 0.02';

describe.skipIf(missing.length > 0)('the rules of foreshock in a real Prometheus', () => {
  const dir = temporaryFolder('rules');
  const rules = `${dir}/rules.yml`;
  let exporter: MisbehavingExporter;
  let prometheus: LoopbackServer;
  let alertmanager: LoopbackServer;
  let foreshock: LoopbackServer;

  async function ask(query: string) {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    return vectorSchema.parse(await answer.json()).data.result;
  }

  async function alertsOf(alertname: string) {
    const filter = encodeURIComponent(`alertname="${alertname}"`);
    return alertsSchema.parse(
      await (await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`)).json(),
    );
  }

  /** Prometheus evaluates the rules, tells Alertmanager, and scrapes foreshock. */
  function connect(): void {
    const file = `${dir}/prometheus.yml`;
    const config = configSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const job = { job_name: 'foreshock', static_configs: [{ targets: [new URL(foreshock.url).host] }] };
    const alertmanagers = [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }];
    const more = { rule_files: [rules], alerting: { alertmanagers } };
    writeFileSync(
      file,
      JSON.stringify({ ...config, ...more, scrape_configs: [...config.scrape_configs, job] }),
    );
    prometheus.signal('SIGHUP');
  }

  beforeAll(async () => {
    const now = Math.floor(Date.now() / 2000) * 2000;
    exporter = new MisbehavingExporter(now - 2.2 * hour, 11);
    const history = exporter.history(now, 2000);
    prometheus = await createPrometheusServer({ dir, targets: await exporter.listen(), history });
    alertmanager = await createAlertmanagerServer(dir, 'http://127.0.0.1:9/nobody');
    await Promise.all([prometheus.start(), alertmanager.start()]);
    await scrapedSteadily(prometheus);
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}"}
packs: [service]
global: {scrape_interval: 2s, step: 2s, delay: 2s}
storage: {path: "${dir}/state"}`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop(), alertmanager?.stop()]);
    await exporter?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are built from what a running foreshock has learned, and promtool finds them good', async () => {
    await until('the class is learned', () =>
      ownMetric(foreshock, 'foreshock_pass_last_timestamp_seconds{class="service/service"}'),
    );
    const tests = `${dir}/rules.test.yml`;
    const flags = ['--out', rules, '--tests', tests, '--for', '4s', '--interval', '2s'];
    const config = `${dir}/foreshock.yaml`;
    const { code, stderr } = await foreshockBeside(['rules', 'build', '--config', config, ...flags]);
    expect(code, stderr).toBe(0);
    for (const args of [
      ['check', 'rules', '--lint=all', '--lint-fatal', rules],
      ['test', 'rules', tests],
    ]) {
      const { status, stdout, stderr: told } = spawnSync('promtool', args, { encoding: 'utf8' });
      expect(status, stdout + told).toBe(0);
    }
    connect();
    await until('Prometheus has the bands', async () => (await ask('foreshock:band_upper')).length > 0);
  }, 300_000);

  it('are quiet while foreshock is up, also when a service fails', async () => {
    await until('foreshock is scraped', async () => (await ask('up{job="foreshock"} == 1')).length > 0);
    exporter.behave('payments', { latency: 0.06, errors: 0.4 });
    const [first] = await until('the value is outside of its band', async () => {
      const found = await ask(`min_over_time((${outside})[10s:2s])`);
      return found.length > 0 ? found : undefined;
    });
    expect(first?.metric.service).toBe('payments');
    expect(await ask('ALERTS{alertname="ForeshockBandExceeded"}')).toEqual([]);
  }, 300_000);

  it('detect the fault when foreshock is down, and tell Alertmanager with the labels of our alerts', async () => {
    await foreshock.stop();
    const told = await until('the alert is in Alertmanager', async () => {
      const listed = await alertsOf('ForeshockBandExceeded');
      return listed.find(({ labels }) => labels.signal === 'error_ratio');
    });
    expect(told.labels).toEqual({
      alertname: 'ForeshockBandExceeded',
      class: 'service/service',
      generator: 'foreshock',
      service: 'payments',
      severity: 'warning',
      signal: 'error_ratio',
    });
    expect(told.annotations.summary).toBe(
      'error ratio of payments is above what is expected at this hour of the week.',
    );
    expect(told.annotations.description).toMatch(
      /^It is [34]\d(\.\d+)?%, above the band .*Look at the last deploy/,
    );
    const touched = (await alertsOf('ForeshockBandExceeded')).map(({ labels }) => labels.service);
    expect(new Set(touched)).toEqual(new Set(['payments']));
  }, 300_000);

  it('tell of the objective whose budget the fault burns', async () => {
    const [alert] = await until('the budget burns', async () => {
      const listed = await alertsOf('ForeshockBudgetBurnsFast');
      return listed.length > 0 ? listed : undefined;
    });
    expect(alert?.labels).toMatchObject({ objective: 'service/availability', service: 'payments' });
  }, 300_000);

  it('stay within 5 % of a model with a weekly rhythm, whatever its entities are called', async () => {
    const folder = `${dir}/weekly`;
    mkdirSync(folder);
    const names = ['checkout', 'a "b" {{ $value }}\n<i>'];
    const { config, watch } = storedModels(
      folder,
      names.map(service => ({ service })),
    );
    const { stdout } = await foreshockBeside(['rules', 'build', '--config', config, '--out', '-']);
    const edges = rulesOf(stdout).filter(({ record }) => record?.startsWith('foreshock:band_'));
    const source = createPrometheusSource(prometheusOptions.parse({ url: prometheus.url }));
    const errors = await Promise.all(edges.map(rule => worstError(rule, { watch, source })));
    await source.close();
    expect(errors.length).toBe(12);
    expect(Math.max(...errors)).toBeLessThan(0.05);
  }, 300_000);
});
