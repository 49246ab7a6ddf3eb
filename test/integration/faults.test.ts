import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandom } from '../../core/random.ts';
import { openStore } from '../../store/sqlite.ts';
import { createAlertmanagerServer, listedIncidents } from './alertmanager-server.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { MisbehavingExporter } from './misbehaving-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus', 'promtool', 'prometheus-alertmanager');
const hour = 3_600_000;
const lastPass = 'foreshock_pass_last_timestamp_seconds{class="service/service"}';

const lineSchema = z.object({
  key: z.string(),
  status: z.enum(['firing', 'resolved']),
  alert: z.looseObject({ labels: z.record(z.string(), z.string()), startsAt: z.number() }),
});

/** What stands in the file receiver's file; every line must be whole. */
function told(file: string, alertname: string): readonly z.output<typeof lineSchema>[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => lineSchema.parse(JSON.parse(line)))
    .filter(({ alert }) => alert.labels.alertname === alertname);
}

/** Posts one alert of another system as Alertmanager's webhook does; true when foreshock took it. */
async function post(
  foreshock: LoopbackServer,
  alert: { readonly service: string; readonly status: 'firing' | 'resolved'; readonly startsAt: number },
): Promise<boolean> {
  const { service, status, startsAt } = alert;
  const one = {
    status,
    labels: { alertname: 'Slow', service, severity: 'critical' },
    annotations: {},
    startsAt: new Date(startsAt).toISOString(),
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
  };
  try {
    const answer = await fetch(`${foreshock.url}/webhook/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', alerts: [one] }),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

describe.skipIf(missing.length > 0)('when a neighbour goes away', () => {
  const dir = temporaryFolder('neighbours');
  const file = `${dir}/told.jsonl`;
  let exporter: MisbehavingExporter;
  let hook: WebhookSink;
  let prometheus: LoopbackServer;
  let alertmanager: LoopbackServer;
  let foreshock: LoopbackServer;

  beforeAll(async () => {
    const now = Math.floor(Date.now() / 2000) * 2000;
    exporter = new MisbehavingExporter(now - 1.2 * hour, 5);
    const history = exporter.history(now, 2000);
    hook = await createWebhookSink();
    prometheus = await createPrometheusServer({ dir, targets: await exporter.listen(), history });
    alertmanager = await createAlertmanagerServer(dir, hook.url);
    await Promise.all([prometheus.start(), alertmanager.start()]);
    await scrapedSteadily(prometheus);
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}", timeout: 2s}
alertmanager: {url: "${alertmanager.url}"}
packs: [service]
global: {scrape_interval: 2s, step: 2s, delay: 2s}
correlation: {group_wait: 1s, resolve_after: 4s}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${file}"}}]`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop(), alertmanager?.stop()]);
    await exporter?.close();
    await hook?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('says that it is blind while Prometheus is away, and makes no incident of the gap', async () => {
    await until('the first pass', () => ownMetric(foreshock, lastPass));
    await prometheus.stop();
    const statuses = () => told(file, 'ForeshockSourceDown').map(each => each.status);
    await until('it says that it is blind', () => statuses().includes('firing'));
    await prometheus.start();
    await until('it says that it sees again', () => statuses().includes('resolved'));
    expect(statuses()).toEqual(['firing', 'resolved']);
    const seen = (await ownMetric(foreshock, lastPass)) ?? 0;
    await until(
      'passes beyond the gap and its rate window',
      async () => ((await ownMetric(foreshock, lastPass)) ?? 0) >= seen + 30,
    );
    expect(told(file, 'ForeshockIncident')).toEqual([]);
  });

  it('tells Alertmanager of an incident as soon as it is back', async () => {
    await alertmanager.stop();
    expect(await post(foreshock, { service: 'payments', status: 'firing', startsAt: Date.now() })).toBe(true);
    await until('the file has it', () => told(file, 'ForeshockIncident').length > 0);
    await until('it waits for Alertmanager', async () => {
      const series = 'foreshock_notifications_pending{receiver="alertmanager"}';
      return ((await ownMetric(foreshock, series)) ?? 0) > 0;
    });
    await alertmanager.start();
    const listed = await until('it arrives', async () => {
      const alerts = await listedIncidents(alertmanager);
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(listed.map(each => each.labels.service)).toEqual(['payments']);
  });
});

describe.skipIf(missing.length > 0)('when foreshock is killed again and again', () => {
  const kills = 20;
  const dir = temporaryFolder('kills');
  const file = `${dir}/told.jsonl`;
  let hook: WebhookSink;
  let prometheus: LoopbackServer;
  let foreshock: LoopbackServer;

  beforeAll(async () => {
    hook = await createWebhookSink();
    prometheus = await createPrometheusServer({ dir, targets: [] });
    await prometheus.start();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}"}
packs: [service]
global: {scrape_interval: 1s, step: 1s, delay: 0s}
correlation: {group_wait: 0s, window: 1s, resolve_after: 1s}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${file}"}}, {name: hook, webhook: {url: "${hook.url}"}}]`,
    );
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop('SIGKILL'), prometheus?.stop()]);
    await hook?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Posts alerts of ever new services until `signal` aborts; answers those that foreshock said it took. */
  async function postUntil(signal: AbortSignal, round: number): Promise<string[]> {
    const taken: string[] = [];
    for (let i = 0; !signal.aborted; i++) {
      const service = `service-${round}-${i}`;
      if (await post(foreshock, { service, status: 'firing', startsAt: Date.now() })) taken.push(service);
      await sleep(40, undefined, { signal }).catch(() => undefined);
    }
    return taken;
  }

  it('loses no notification and doubles none', async () => {
    const random = createRandom(3);
    const taken: string[] = [];
    for (let round = 0; round < kills; round++) {
      await foreshock.start();
      const stop = new AbortController();
      const posting = postUntil(stop.signal, round);
      // The random moment of the kill is what is tested here; nothing waits for it.
      await sleep(100 + random() * 1900);
      await foreshock.stop('SIGKILL');
      stop.abort();
      taken.push(...(await posting));
    }
    await foreshock.start();
    const services = (status: string) =>
      told(file, 'ForeshockIncident')
        .filter(each => each.status === status)
        .map(each => each.alert.labels.service);
    const lost = (status: string) => taken.filter(service => !services(status).includes(service));
    await until('all that was taken is told', () => lost('firing').length === 0).catch(() => undefined);
    expect(lost('firing'), `of ${taken.length} taken`).toEqual([]);
    for (const service of taken) await post(foreshock, { service, status: 'resolved', startsAt: Date.now() });
    await until('all is resolved', () => lost('resolved').length === 0).catch(() => undefined);
    expect(lost('resolved')).toEqual([]);

    const once = told(file, 'ForeshockIncident').map(
      ({ alert, status }) => `${alert.labels.incident} ${status}`,
    );
    expect(once).toHaveLength(new Set(once).size);
    expect(taken.length).toBeGreaterThan(kills);
    const watchdogs = told(file, 'ForeshockWatchdog').map(each => each.status);
    expect(watchdogs).toEqual(['firing']);
    await until('the webhook has all keys', () => keysAtHook().size === keysInFile().size);
    expect(keysAtHook()).toEqual(keysInFile());
  });

  it('leaves a store that opens clean', async () => {
    await foreshock.stop('SIGKILL');
    const damage: string[] = [];
    const store = openStore(`${dir}/state`, message => damage.push(message));
    expect(damage).toEqual([]);
    expect(store.outbox.pending('file', 10)).toEqual([]);
    store.close();
  });

  function keysInFile(): Set<string> {
    const lines = [...told(file, 'ForeshockIncident'), ...told(file, 'ForeshockWatchdog')];
    return new Set(lines.map(({ key }) => Buffer.from(key).toString('base64url')));
  }

  function keysAtHook(): Set<string> {
    const ours = hook.posted.filter(({ alert }) =>
      ['ForeshockIncident', 'ForeshockWatchdog'].includes(alert.labels.alertname ?? ''),
    );
    return new Set(ours.flatMap(({ key }) => (key === undefined ? [] : [key])));
  }
});
