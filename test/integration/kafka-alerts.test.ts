import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { freePort, type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { missingServers } from './services/jars.ts';
import { createKafkaServer, type KafkaServer } from './services/kafka.ts';

const missing = [...missingServers('kafka'), ...missingCommands('java', 'kcat')];
const answer = z.object({
  data: z.array(
    z.object({
      incident: z.object({
        members: z.array(z.object({ alert: z.object({ labels: z.record(z.string(), z.string()) }) })),
      }),
    }),
  ),
});

const alert = (service: string, status = 'firing') => ({
  labels: { alertname: 'Down', service, severity: 'critical' },
  annotations: {},
  status,
  startsAt: new Date().toISOString(),
});
const webhook = (services: readonly string[]) =>
  JSON.stringify({ version: '4', status: 'firing', alerts: services.map(service => alert(service)) });

describe.skipIf(missing.length > 0)("others' alerts in a real Kafka", () => {
  const dir = temporaryFolder('kafka-alerts');
  let kafka: KafkaServer;
  let foreshock: LoopbackServer | undefined;

  beforeAll(async () => {
    kafka = await createKafkaServer(dir);
    await kafka.start();
  });
  afterEach(async () => {
    await foreshock?.stop();
    foreshock = undefined;
  });
  afterAll(async () => {
    await kafka?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A daemon that watches nothing and reads alerts of a topic from its beginning. */
  async function start(topic: string): Promise<LoopbackServer> {
    const nobody = await freePort();
    const server = await createForeshock(
      dir,
      `prometheus: {url: "http://127.0.0.1:${nobody}"}
packs: [node]
global: {step: 1s, delay: 1s, scrape_interval: 1s}
alerts:
  - name: pager
    kafka: {brokers: ["${kafka.plain}"], topics: [${topic}], group_id: ${topic}, start_at: beginning, session_timeout: 3s}
storage: {path: "${dir}/${topic}"}`,
    );
    foreshock = server;
    await server.start();
    return server;
  }

  /** Services of all alerts in incidents, each as often as it is there. */
  async function services(server: LoopbackServer): Promise<string[]> {
    const response = await fetch(`${server.url}/api/v1/incidents`);
    const { data } = answer.parse(await response.json());
    const members = data.flatMap(({ incident }) => incident.members);
    return members.map(member => member.alert.labels.service ?? '?').sort();
  }

  const seen = (server: LoopbackServer, wanted: readonly string[]) =>
    until(`incidents of ${wanted.join(', ')}`, async () => (await services(server)).join() === wanted.join());

  it('become incidents, whatever stands between them, and bad ones are counted and said once', async () => {
    await kafka.produce('mixed', [
      webhook(['cart', 'pay']),
      'no alert at all',
      JSON.stringify(alert('mail')),
      JSON.stringify({ version: '4', alerts: [alert('shop'), { labels: { a: 1 } }] }),
      '{"truncated',
    ]);
    const server = await start('mixed');
    await seen(server, ['cart', 'mail', 'pay', 'shop']);
    expect(await ownMetric(server, 'foreshock_alerts_received_total{origin="pager"}')).toBe(4);
    const refused = 'foreshock_alerts_refused_total{origin="pager",reason="not_an_alert"}';
    expect(await ownMetric(server, refused)).toBe(3);
    expect(server.log().match(/a message that cannot be taken/g)).toHaveLength(1);
  });

  it('come once, and none is lost, when the daemon is killed and alerts go on', async () => {
    await kafka.produce('killed', [webhook(['a', 'b'])]);
    const first = await start('killed');
    await seen(first, ['a', 'b']);
    await first.stop('SIGKILL');
    await kafka.produce('killed', [webhook(['c']), JSON.stringify(alert('d'))]);
    const second = await start('killed');
    await seen(second, ['a', 'b', 'c', 'd']);
    expect(await ownMetric(second, 'foreshock_alerts_received_total{origin="pager"}')).toBe(2);
  });

  it('are said to be out of reach when the broker is away, and come when it is back', async () => {
    await kafka.produce('away', [webhook(['a'])]);
    const server = await start('away');
    await seen(server, ['a']);
    await kafka.stop('SIGKILL');
    await until('it is said', () => /alerts pager: Kafka at/.test(server.log()));
    await kafka.start();
    await kafka.produce('away', [webhook(['b'])]);
    await seen(server, ['a', 'b']);
    expect(server.log()).toMatch(/alerts pager: can be read again/);
  });
});
