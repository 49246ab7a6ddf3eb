import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDocumentedGrafana, type DocumentedGrafana } from './documented-grafana.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { freePort, type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const dir = temporaryFolder('grafana');
let grafana: DocumentedGrafana;
let hook: WebhookSink;
let server: LoopbackServer;

beforeAll(async () => {
  grafana = await createDocumentedGrafana();
  hook = await createWebhookSink();
  const nobody = await freePort();
  const push = `{url: "${grafana.url}", authorization: {credentials: good-token}, timeout: 3s}`;
  server = await createForeshock(
    dir,
    `prometheus: {url: "http://127.0.0.1:${nobody}"}
packs: [node]
global: {step: 1s, delay: 1s, scrape_interval: 1s}
correlation: {group_wait: 2s, window: 60s, resolve_after: 2s}
receivers: [{name: hook, webhook: {url: "${hook.url}"}}]
dashboards: {path: "${dir}/dashboards", push: ${push}, incidents: {update_interval: 1s, resolved: remove}}
storage: {path: "${dir}/data"}`,
  );
  await server.start();
});
afterAll(async () => {
  await server?.stop();
  await grafana?.close();
  await hook?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function post(service: string, alertname: string, more: object = {}): Promise<void> {
  const labels = { alertname, service, severity: 'critical' };
  const body = JSON.stringify([{ labels, ...more }]);
  const headers = { 'content-type': 'application/json' };
  const { ok } = await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers, body });
  expect(ok).toBe(true);
}

const told = (service: string, status = 'firing') =>
  until(`${service} is told`, () =>
    hook.posted
      .map(({ alert }) => alert)
      .find(
        ({ labels, status: is }) =>
          labels.alertname === 'ForeshockIncident' && labels.service === service && is === status,
      ),
  );
const uidOf = (incident: string | undefined) => `foreshock-incident-${incident}`;
const fileOf = (uid: string) => `${dir}/dashboards/dashboards/foreshock/${uid}.json`;
const requests = (outcome: string) =>
  ownMetric(server, `foreshock_grafana_requests_total{outcome="${outcome}"}`);

it('the dashboards of the fleet are in Grafana and in the folder after the start', async () => {
  await until('they are there', () => grafana.dashboards.has('foreshock-pack-node'));
  expect(existsSync(fileOf('foreshock-pack-node'))).toBe(true);
});

it('when people are told of an incident its dashboard is there, and the alert leads to it', async () => {
  await post('payments', 'HighLatency');
  const { labels, annotations } = await told('payments');
  const uid = uidOf(labels.incident);
  expect(grafana.dashboards.get(uid)).toMatchObject({ folderUid: 'foreshock' });
  expect(existsSync(fileOf(uid))).toBe(true);
  expect(annotations.dashboard_url).toBe(`${grafana.url}/d/${uid}`);
  expect(await ownMetric(server, 'foreshock_dashboard_delay_seconds_count{target="grafana"}')).toBe(1);
  const seconds = await ownMetric(server, 'foreshock_dashboard_delay_seconds_sum{target="grafana"}');
  console.info(`the dashboard was in Grafana ${seconds} s after the pass that opened its incident`);
});

it('it follows the incident as it grows, also when nobody is told anew', async () => {
  const { labels } = await told('payments');
  const uid = uidOf(labels.incident);
  const says = (words: string) => JSON.stringify(grafana.dashboards.get(uid)?.model).includes(words);
  expect(says('1 alert')).toBe(true);
  await post('payments', 'HighErrorRate');
  await until('it has grown', () => says('2 alerts'));
});

it('the incident is a mark on the axis of time, which ends with it, and the policy takes its dashboard away', async () => {
  const { labels } = await told('payments');
  const uid = uidOf(labels.incident);
  const mark = () =>
    [...grafana.annotations.values()].find(({ text }) => text.includes(`Incident ${labels.incident}`));
  await until('the mark is there', mark);
  const endsAt = new Date().toISOString();
  await post('payments', 'HighLatency', { endsAt });
  await post('payments', 'HighErrorRate', { endsAt });
  await told('payments', 'resolved');
  await until('the mark has an end', () => {
    const { time = 0, timeEnd = 0 } = mark() ?? {};
    return timeEnd > time;
  });
  await until('it is gone', () => !grafana.dashboards.has(uid) && !existsSync(fileOf(uid)));
});

it('Grafana hangs: people are told, the folder has the dashboard, it is said once, and made up for', async () => {
  const said = () => (server.log().match(/dashboards: Grafana at .*no answer within 3000 ms/g) ?? []).length;
  const saidBefore = said();
  const unanswered = (await requests('no_answer')) ?? 0;
  grafana.fault = () => 'hang';
  await post('search', 'HighLatency');
  const { labels } = await told('search');
  const uid = uidOf(labels.incident);
  await until('the folder has it', () => existsSync(fileOf(uid)));
  await until('requests had no answer', async () => ((await requests('no_answer')) ?? 0) >= unanswered + 2);
  expect(said()).toBe(saidBefore + 1);
  expect(grafana.dashboards.has(uid)).toBe(false);
  grafana.fault = () => undefined;
  await until('Grafana has it', () => grafana.dashboards.has(uid));
  expect(server.log()).toContain('dashboards: Grafana takes them again');
});

it('a token that is refused is counted, and never stands in the log', async () => {
  grafana.authorization = 'Bearer another-token';
  await post('cart', 'HighLatency');
  await told('cart');
  await until('it is counted', async () => ((await requests('unauthorized')) ?? 0) >= 1);
  expect(server.log()).toContain('it does not accept the token or the password of dashboards.push');
  expect(server.log()).not.toContain('good-token');
  grafana.authorization = 'Bearer good-token';
});

it('a stop ends a request that hangs', async () => {
  grafana.fault = () => 'hang';
  const before = grafana.calls.length;
  await post('mail', 'HighLatency');
  await until('a request hangs', () => grafana.calls.length > before);
  await server.stop();
  expect(server.ended()).toBe(0);
});
