import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAlertmanagerServer } from './alertmanager-server.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { freePort, type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus-alertmanager');
const createdSchema = z.object({ silenceID: z.string() });
const listedSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string() }),
  }),
);
const lineSchema = z.object({ alert: z.looseObject({ labels: z.record(z.string(), z.string()) }) });

describe.skipIf(missing.length > 0)('silences of a real Alertmanager', () => {
  const dir = temporaryFolder('silences');
  const file = `${dir}/told.jsonl`;
  let hook: WebhookSink;
  let alertmanager: LoopbackServer;
  let foreshock: LoopbackServer;

  beforeAll(async () => {
    hook = await createWebhookSink();
    alertmanager = await createAlertmanagerServer(dir, hook.url);
    await alertmanager.start();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "http://127.0.0.1:${await freePort()}"}
alertmanager: {url: "${alertmanager.url}"}
packs: [node]
global: {step: 1s, delay: 1s, scrape_interval: 1s}
correlation: {group_wait: 1s}
receivers: [{name: file, file: {path: "${file}"}}]
storage: {path: "${dir}/data"}`,
    );
    await foreshock.start();
  });
  afterAll(async () => {
    await Promise.all([foreshock?.stop(), alertmanager?.stop(), hook?.close()]);
    rmSync(dir, { recursive: true, force: true });
  });

  /** Silences what has these labels, each an anchored regular expression; answers the silence when foreshock knows it. */
  async function silence(labels: Readonly<Record<string, string>>): Promise<string> {
    const before = await known();
    const answer = await fetch(`${alertmanager.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: Object.entries(labels).map(([name, value]) => {
          return { name, value, isRegex: true, isEqual: true };
        }),
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'ann',
        comment: 'moving "it"',
      }),
    });
    const { silenceID } = createdSchema.parse(await answer.json());
    await until('foreshock knows the silence', async () => (await known()) === before + 1);
    return silenceID;
  }
  const known = async () =>
    (await ownMetric(foreshock, 'foreshock_silences_active{receiver="alertmanager"}')) ?? 0;
  const expire = (id: string) => fetch(`${alertmanager.url}/api/v2/silence/${id}`, { method: 'DELETE' });

  async function fire(service: string): Promise<void> {
    const body = JSON.stringify([{ labels: { alertname: 'Down', service, severity: 'critical' } }]);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${foreshock.url}/api/v2/alerts`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
  /** The services of the incidents that the file was told of. */
  const told = () =>
    (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
      .map(line => lineSchema.parse(JSON.parse(line)).alert.labels)
      .filter(({ alertname }) => alertname === 'ForeshockIncident')
      .map(({ service }) => service);
  async function listed(service: string) {
    const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
    return listedSchema
      .parse(await answer.json())
      .find(({ labels }) => labels.service === service && labels.alertname === 'ForeshockIncident');
  }

  it('hold back an alert that comes once, also over a restart without the Alertmanager, and let it through after', async () => {
    const id = await silence({ service: 'quiet|mute' });
    await fire('quiet');
    await fire('loud');
    await until('what is not silenced is told', () => told().includes('loud'));
    expect(told()).not.toContain('quiet');
    await foreshock.stop();
    await alertmanager.stop();
    await foreshock.start();
    await fire('later');
    await until('it goes on', () => told().includes('later'));
    expect(told()).not.toContain('quiet');
    await until('it says that it cannot ask', () =>
      /silences of alertmanager: .*hold on/.test(foreshock.log()),
    );
    await alertmanager.start();
    await expire(id);
    await until('what still fires is told', () => told().includes('quiet'));
    expect(told().filter(service => service === 'quiet')).toHaveLength(1);
  });

  it('of an incident keep it from the other receivers, while the Alertmanager lists it as suppressed', async () => {
    const id = await silence({ alertname: 'ForeshockIncident', service: 'hushed' });
    await fire('hushed');
    const state = await until('the Alertmanager has it', async () => (await listed('hushed'))?.status.state);
    expect(state).toBe('suppressed');
    await fire('heard');
    await until('another is told', () => told().includes('heard'));
    expect(told()).not.toContain('hushed');
    await expire(id);
    await until('it is told', () => told().includes('hushed'));
    await until('the Alertmanager passes it on', () =>
      hook.posted.some(({ alert }) => alert.labels.service === 'hushed'),
    );
  });
});
