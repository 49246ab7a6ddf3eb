import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askedBy, readDashboard } from '../../dashboards/preview-model.ts';
import { fillIn } from '../../dashboards/preview-query.ts';
import type { Asked } from '../../dashboards/sources.ts';
import { metricNames } from '../../promql/names.ts';
import { foreshockBeside } from '../cli/command.ts';
import { createAlertmanagerServer, listedIncidents } from './alertmanager-server.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { healthy, MisbehavingExporter } from './misbehaving-exporter.ts';
import { createNodeExporter } from './node-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands(
  'prometheus',
  'promtool',
  'prometheus-alertmanager',
  'prometheus-node-exporter',
);
const step = 2;
const hour = 3_600_000;
const lastPass = 'foreshock_pass_last_timestamp_seconds{class="service/service"}';

const incidentsSchema = z.object({
  data: z.array(z.object({ incident: z.looseObject({ id: z.string() }) })),
});
/** What this daemon cannot know: capacity and the odds of an incident need days, and no service here tells whom it calls. */
const unknown = /foreshock_capacity|foreshock_incident_odds|service\/dependency/;

describe.skipIf(missing.length > 0)('the daemon between a real Prometheus and a real Alertmanager', () => {
  const dir = temporaryFolder('live');
  let exporter: MisbehavingExporter;
  let hook: WebhookSink;
  let prometheus: LoopbackServer;
  let alertmanager: LoopbackServer;
  let node: LoopbackServer;
  let foreshock: LoopbackServer;
  /** The history ends here and life goes on, ms. */
  let now: number;
  const answered = (query: string, of: Asked) => points(of === 'metrics' ? prometheus : foreshock, query);
  const fileOf = (uid: string) => readFileSync(`${dir}/dashboards/dashboards/foreshock/${uid}.json`, 'utf8');
  const posted = (status: string) =>
    hook.posted.filter(
      ({ alert }) => alert.labels.alertname === 'ForeshockIncident' && alert.status === status,
    );

  beforeAll(async () => {
    now = Math.floor(Date.now() / 2000) * 2000;
    exporter = new MisbehavingExporter(now - 2.2 * hour, 11);
    const history = exporter.history(now, 2000);
    hook = await createWebhookSink();
    node = await createNodeExporter(dir);
    const jobs = { node: [new URL(node.url).host] };
    prometheus = await createPrometheusServer({ dir, targets: await exporter.listen(), jobs, history });
    alertmanager = await createAlertmanagerServer(dir, hook.url);
    await Promise.all([prometheus.start(), alertmanager.start(), node.start()]);
    await scrapedSteadily(prometheus);
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}"}
alertmanager: {url: "${alertmanager.url}"}
packs: [node, service]
global: {scrape_interval: 2s, step: ${step}s, delay: 2s}
correlation: {group_wait: 6s, window: 60s, resolve_after: 10s}
storage: {path: "${dir}/state"}
dashboards: {path: "${dir}/dashboards"}`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop(), alertmanager?.stop(), node?.stop()]);
    await exporter?.close();
    await hook?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || foreshock === undefined) return;
    const incidents = await (await fetch(`${foreshock.url}/api/v1/incidents`)).text();
    console.error(`${incidents}\n${foreshock.log().slice(-4000)}`);
  });

  it('would have said nothing in the hour of normal life before', async () => {
    const iso = (ms: number) => new Date(ms).toISOString();
    const range = ['--from', iso(now - hour), '--to', iso(now - 2000)];
    const { code, stdout, stderr } = await foreshockBeside([
      'backtest',
      '--config',
      `${dir}/foreshock.yaml`,
      ...range,
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('1800 passes, 0 alerts');
    expect(stdout).toContain('0 incidents, 0 notifications');
  }, 300_000);

  it('says nothing while all is well', async () => {
    const begun = await until('the first pass', () => ownMetric(foreshock, lastPass));
    await until('twelve passes', async () => {
      const at = (await ownMetric(foreshock, lastPass)) ?? 0;
      return at >= begun + 12 * step ? true : undefined;
    });
    expect(await listedIncidents(alertmanager)).toEqual([]);
    expect(posted('firing')).toEqual([]);
  });

  it('hands over one incident with its suspect when a service slows down and fails', async () => {
    exporter.behave('payments', { latency: 0.6, errors: 0.3 });
    const [alert] = await until('the incident is in Alertmanager', async () => {
      const listed = await listedIncidents(alertmanager);
      return listed.length > 0 ? listed : undefined;
    });
    expect(alert?.labels).toMatchObject({ service: 'payments', generator: 'foreshock' });
    expect(alert?.labels.incident).toMatch(/./);
    expect(alert?.labels.severity).toMatch(/^(warning|critical)$/);
    expect(alert?.annotations.suspect).toContain('payments');
    const first = await until('the webhook has it', () => posted('firing')[0]);
    expect(first.alert.labels).toEqual(alert?.labels);
    const id = alert?.labels.incident ?? '';
    const incidents = incidentsSchema.parse(
      await (await fetch(`${foreshock.url}/api/v1/incidents`)).json(),
    ).data;
    expect(incidents.map(each => each.incident.id)).toEqual([id]);
    expect(await (await fetch(`${foreshock.url}/`)).text()).toContain(id);
    expect(await (await fetch(`${foreshock.url}/incidents/${id}`)).text()).toContain('payments');
  }, 300_000);

  it('explains why it paged, and why its neighbour did not', async () => {
    const at = new Date(Date.now() - 4000).toISOString();
    const explain = (entity: string) =>
      foreshockBeside(['explain', entity, '--at', at, '--config', `${dir}/foreshock.yaml`]);
    const paged = await explain('payments');
    const quiet = await explain('checkout');
    expect(paged.code, paged.stderr).toBe(0);
    expect(paged.stdout).toMatch(/payments \(service\/service\)\n {2}state {3}watching, ABNORMAL/);
    expect(paged.stdout).toMatch(/budget {2}evidence [\d.]+ of the [\d.]+ that page at 2 per service per 1w/);
    expect(paged.stdout).toMatch(/page {4}YES, since /);
    expect(quiet.stdout).toContain('checkout (service/service)');
    expect(quiet.stdout).not.toContain('YES');
  }, 300_000);

  it('writes a dashboard of the incident whose every query has data', async () => {
    const id = posted('firing')[0]?.alert.labels.incident ?? 'none';
    const file = await until('the dashboard', () => dashboardOf(`${dir}/dashboards`, id));
    const questions = questionsOf(file);
    expect(new Set(questions.map(({ of }) => of))).toEqual(new Set(['metrics', 'foreshock']));
    for (const { query, of } of questions) expect(await answered(query, of), query).toBeGreaterThan(0);
  });

  it('fills the dashboards as their second data source: bands, anomalies, states and budgets', async () => {
    const ours = ['foreshock-pack-service', 'foreshock-overview']
      .flatMap(uid => questionsOf(fileOf(uid)))
      .filter(({ of }) => of === 'foreshock');
    const asked = ours.flatMap(({ query }) => metricNames(query));
    expect(asked).toEqual(expect.arrayContaining(['foreshock_expected_lower', 'foreshock_budget_pages']));
    expect(await answered('foreshock_series_state', 'foreshock')).toBeGreaterThan(0);
    const empty = [];
    for (const { query } of ours) if ((await answered(query, 'foreshock')) === 0) empty.push(query);
    expect(empty.filter(query => !unknown.test(query))).toEqual([]);
  });

  it('resolves it after recovery, and it stays one incident', async () => {
    exporter.behave('payments', healthy);
    const { alert } = await until('the webhook hears the end', () => posted('resolved')[0]);
    expect(Date.parse(alert.endsAt)).toBeGreaterThan(Date.parse(alert.startsAt));
    expect(await listedIncidents(alertmanager)).toEqual([]);
    expect(new Set(posted('firing').map(each => each.alert.labels.incident)).size).toBe(1);
    expect(posted('resolved')).toHaveLength(1);
  }, 300_000);

  it('hands over one incident when a service vanishes', async () => {
    exporter.vanish('checkout');
    const [alert] = await until('the incident is in Alertmanager', async () => {
      const listed = await listedIncidents(alertmanager);
      return listed.length > 0 ? listed : undefined;
    });
    expect(alert?.labels).toMatchObject({ service: 'checkout' });
    expect(alert?.annotations.suspect).toContain('checkout');
    expect(await listedIncidents(alertmanager)).toHaveLength(1);
  }, 300_000);
});

/** The text of the dashboard file that names the incident; undefined while there is none. */
function dashboardOf(folder: string, id: string): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = names
    .filter(name => name.endsWith('.json'))
    .map(name => readFileSync(path.join(folder, name), 'utf8'));
  return texts.find(text => text.includes(id));
}

interface Question {
  readonly query: string;
  readonly of: Asked;
}

/** Every query of a dashboard and whom it asks, with Grafana's variables as Grafana would fill them. */
function questionsOf(text: string): readonly Question[] {
  const { panels, templating } = readDashboard(JSON.parse(text));
  const variables = templating.list.flatMap(({ name, type }) => (type === 'query' ? [name] : []));
  const end = Date.now();
  const how = { range: { start: end - 600_000, end }, step: 5000, scrape: 2000, variables };
  return panels
    .flatMap(({ targets }) => targets)
    .map(target => ({ query: fillIn(target.expr, how), of: askedBy(target) }));
}

const rangeSchema = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.unknown()) })) }),
});

async function points(server: LoopbackServer, query: string): Promise<number> {
  const end = Math.floor(Date.now() / 1000);
  const range = new URLSearchParams({ query, start: `${end - 600}`, end: `${end}`, step: '5' });
  const answer = await fetch(`${server.url}/api/v1/query_range?${range}`);
  if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`);
  const { data } = rangeSchema.parse(await answer.json());
  return data.result.reduce((sum, { values }) => sum + values.length, 0);
}
