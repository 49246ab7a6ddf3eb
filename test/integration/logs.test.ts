import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { LogWriter } from './log-writer.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const hour = 3_600_000;
const incidentsSchema = z.object({
  data: z.array(
    z.object({
      incident: z.object({
        id: z.string(),
        members: z.array(
          z.object({
            alert: z.object({
              labels: z.record(z.string(), z.string()),
              annotations: z.record(z.string(), z.string()),
            }),
          }),
        ),
      }),
    }),
  ),
});
const querySchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

describe('the daemon over files of logs alone', () => {
  const dir = temporaryFolder('logs');
  const writer = new LogWriter(`${dir}/logs`);
  let hook: WebhookSink;
  let foreshock: LoopbackServer;

  beforeAll(async () => {
    const now = Date.now();
    writer.past(now - 2.2 * hour, now);
    writer.begin();
    hook = await createWebhookSink();
    foreshock = await createForeshock(
      dir,
      `logs: [{name: app, file_tail: {paths: ["${dir}/logs/*.log"], start_at: beginning}}]
receivers: [{name: hook, webhook: {url: "${hook.url}"}}]
packs: [logs]
global: {step: 2s, delay: 2s, scrape_interval: 2s}
correlation: {group_wait: 6s, window: 60s, resolve_after: 10s}
storage: {path: "${dir}/state"}`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    writer.end();
    await foreshock?.stop();
    await hook?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || foreshock === undefined) return;
    console.error(foreshock.log().slice(-4000));
    if (foreshock.ended() === undefined)
      console.error(await (await fetch(`${foreshock.url}/api/v1/incidents`)).text());
  });

  it('reads the past of the logs and watches each service', async () => {
    const watched = 'foreshock_series_watched{class="logs/service",state="watching"}';
    await until('both services are watched', async () =>
      (await ownMetric(foreshock, watched)) === 2 ? true : undefined,
    );
    expect(await ownMetric(foreshock, 'foreshock_log_read_total{source="app"}')).toBeGreaterThan(20_000);
    expect(await ownMetric(foreshock, 'foreshock_log_templates{source="app"}')).toBeLessThan(8);
  });

  it('answers PromQL over what it counted', async () => {
    const query = encodeURIComponent('sum(sum_over_time(foreshock_log_lines{service="checkout"}[5m]))');
    const answer = await (await fetch(`${foreshock.url}/api/v1/query?query=${query}`)).json();
    const [lines] = querySchema.parse(answer).data.result;
    expect(Number(lines?.value[1])).toBeGreaterThan(600);
  });

  it('tells of lines that were never said before, and shows them without secrets', async () => {
    writer.fail('checkout');
    const told = await until('the incident is told', () =>
      hook.posted.find(({ alert }) => alert.labels.alertname === 'ForeshockIncident'),
    );
    expect(told.alert.labels.service).toBe('checkout');
    const { data } = incidentsSchema.parse(await (await fetch(`${foreshock.url}/api/v1/incidents`)).json());
    const alerts = data.flatMap(({ incident }) => incident.members.map(({ alert }) => alert));
    expect(alerts.map(({ labels }) => labels.service)).not.toContain('cart');
    const example = alerts[0]?.annotations.log_examples?.split('\n')[0];
    expect(example).toMatch(
      /^no connection to db-\d for user=<email> password=<secret> timeout after \d+ ms$/,
    );
    const page = await (await fetch(`${foreshock.url}/incidents/${data[0]?.incident.id}`)).text();
    expect(page).toContain('no connection to db-');
    expect(page).not.toContain('hush');
  });

  it('shows the lines, their counts and the signals of the incident, also after a crash', async () => {
    const shown = () => fetch(`${foreshock.url}/incidents`).then(answer => answer.text());
    const [address] = /\/incidents\/[^"]+/.exec(await shown()) ?? [];
    const words = [
      'The last errors in the logs',
      'checkout says for the first time: no connection to db-',
      'checkout: error lines',
      'errors: ',
    ];
    const missing = async () => {
      const page = await (await fetch(`${foreshock.url}${address}`)).text();
      return words.filter(each => !page.includes(each));
    };
    await until('all of it is there', async () => (await missing()).length === 0);
    await foreshock.stop('SIGKILL');
    await foreshock.start();
    expect(await missing()).toEqual([]);
  });
});
