import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandom } from '../../core/random.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const hour = 3600;
const now = Math.floor(Date.now() / 1000 / 300) * 300;

/** `ALERTS` of the last 29 days (OpenMetrics): checkout fails now and then, in the hours of the day around this one much more often. */
function alerts(): string {
  const random = createRandom(8);
  const labels = 'alertname="Errors",alertstate="firing",severity="critical",service="checkout"';
  const lines: string[] = [];
  const firstHour = Math.ceil(now / hour) * hour - 29 * 24 * hour;
  for (let t = now - 29 * 24 * hour; t < now - 600; t += hour) {
    const near = ((((t - now) / hour + 6) % 24) + 24) % 24 < 12;
    if (random() > (near ? 0.3 : 0.02)) continue;
    for (let k = 0; k < 3; k++) if (t + k * 300 < now - 600) lines.push(`ALERTS{${labels}} 1 ${t + k * 300}`);
  }
  const alive = Array.from(
    { length: 29 * 24 },
    (_, k) => `up{job="web",instance="a"} 1 ${firstHour + k * hour}`,
  );
  return `# TYPE ALERTS gauge\n${lines.join('\n')}\n# TYPE up gauge\n${alive.join('\n')}\n# EOF\n`;
}

const oddsSchema = z.object({
  data: z.array(
    z.object({ service: z.string(), at: z.string(), p: z.number().nullable(), drivers: z.array(z.string()) }),
  ),
});
const querySchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

describe.skipIf(missing.length > 0)('odds with a real Prometheus that has a month of ALERTS', () => {
  const dir = temporaryFolder('odds');
  let prometheus: LoopbackServer;
  let foreshock: LoopbackServer;

  const odds = async () => oddsSchema.parse(await (await fetch(`${foreshock.url}/api/v1/odds`)).json()).data;
  const told = () => until('odds are told', async () => ((await odds()).length > 0 ? odds() : false));

  beforeAll(async () => {
    prometheus = await createPrometheusServer({ dir, targets: [], history: alerts() });
    await prometheus.start();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}", scrape_interval: 2s}
packs: [service]
global: {step: 2s, delay: 2s}
storage: {path: "${dir}/state"}`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('are told of the whole and of each service with alerts, with what drives them', async () => {
    const all = await told();
    expect(all.map(({ service }) => service)).toEqual(['', 'checkout']);
    for (const { at, p, drivers } of all) {
      expect(Date.now() - Date.parse(at)).toBeLessThan(2 * hour * 1000);
      expect(drivers.length).toBeGreaterThan(0);
      if (p !== null) expect(p).toBeGreaterThan(0.4);
    }
  });

  it('are in the metrics and in the query API under the same name', async () => {
    const given = (await told()).filter(({ p }) => p !== null);
    expect(given.length).toBeGreaterThan(0);
    const { service, p } = given.at(-1)!;
    expect(await ownMetric(foreshock, `foreshock_incident_odds{service="${service}"}`)).toBeCloseTo(p!, 6);
    const query = encodeURIComponent(`foreshock_incident_odds{service="${service}"}`);
    const answer = await until('the query API has them', async () => {
      const { data } = querySchema.parse(
        await (await fetch(`${foreshock.url}/api/v1/query?query=${query}`)).json(),
      );
      return data.result[0] ?? false;
    });
    expect(Number(answer.value[1])).toBeCloseTo(p!, 6);
  });

  it('are there at once after a kill', async () => {
    const before = await told();
    await foreshock.stop('SIGKILL');
    await prometheus.stop();
    await foreshock.start();
    expect(await odds()).toEqual(before);
  });
});
