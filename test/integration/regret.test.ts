import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { freePort, type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const rule = 'grouping: same place';
const dir = temporaryFolder('regret');
const incidents = z.object({
  data: z.array(
    z.object({
      incident: z.object({
        id: z.string(),
        oddsUnknown: z.string().optional(),
        members: z.array(
          z.object({
            alert: z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) }),
          }),
        ),
      }),
    }),
  ),
});
type Seen = z.output<typeof incidents>['data'][number]['incident'];

let server: LoopbackServer;

beforeAll(async () => {
  const nobody = await freePort();
  server = await createForeshock(
    dir,
    `prometheus: {url: "http://127.0.0.1:${nobody}"}
packs: [node]
global: {step: 1s, delay: 1s, scrape_interval: 1s}
correlation: {group_wait: 1s}
storage: {path: "${dir}/data"}`,
  );
  await server.start();
});
afterAll(async () => {
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function post(path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.status;
}

const alert = (service: string, alertname: string) =>
  post('/api/v2/alerts', [{ labels: { alertname, service, severity: 'critical' } }]);

/** The incidents that hold an alert of the service. */
async function of(service: string): Promise<readonly Seen[]> {
  const { data } = incidents.parse(await (await fetch(`${server.url}/api/v1/incidents`)).json());
  const all = data.map(({ incident }) => incident);
  return all.filter(({ members }) => members.some(each => each.alert.labels.service === service));
}

/** Two alerts of a service, one after the other, until both stand in incidents; answers those. */
async function trouble(service: string): Promise<readonly Seen[]> {
  await alert(service, 'Down');
  await until(`an incident of ${service}`, async () => (await of(service)).length === 1);
  await alert(service, 'Slow');
  return until(`two alerts of ${service}`, async () => {
    const seen = await of(service);
    return seen.flatMap(({ members }) => members).length === 2 ? seen : undefined;
  });
}

async function isOff(): Promise<number | undefined> {
  return ownMetric(server, `foreshock_rule_switched_off{rule="${rule}"}`);
}

const foreshock = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args, '--config', `${dir}/foreshock.yaml`], { encoding: 'utf8' });

it('a reason of the grouping that people split again and again is switched off, until one switches it on', async () => {
  for (const service of ['a', 'b', 'c']) {
    const [incident, other] = await trouble(service);
    expect(other).toBeUndefined();
    const alerts = [incident!.members[1]!.alert.fingerprint];
    expect(await post(`/api/v1/incidents/${incident!.id}/split`, { by: 'ann', alerts })).toBe(200);
  }
  await until('it is off', async () => (await isOff()) === 1);
  expect(await ownMetric(server, `foreshock_regret_total{rule="${rule}"}`)).toBe(3);
  expect(await trouble('d')).toHaveLength(2);

  await server.stop();
  await server.start();
  await until('it is off after a restart', async () => (await isOff()) === 1);
  const held = foreshock('rules', 'held');
  expect(held.stdout).toMatch(/^grouping: same place: held something back 3 times, wrong 3 times.*off/m);
  expect(foreshock('rules', 'on', rule, '--by', 'ann').stdout).toBe(`${rule} is on\n`);
  await until('it is on', async () => (await isOff()) !== 1);
  expect(await trouble('e')).toHaveLength(1);
  const audit = foreshock('audit', 'export', '--format', 'json', '--output', '-').stdout;
  expect(audit.match(/"action":"(suppression-regretted|rule-switched-\w+)"/g)).toHaveLength(5);
});

it('an incident says why it has no odds yet', async () => {
  const [incident] = await trouble('cold');
  const told = await until('it is told', async () =>
    (await of('cold')).find(({ oddsUnknown }) => oddsUnknown !== 'it was not told yet'),
  );
  expect(told.oddsUnknown).toBe('0 incidents known, 200 needed');
  const shown = foreshock('incident', 'show', incident!.id).stdout;
  expect(shown).toContain('Odds\n  not known: 0 incidents known, 200 needed\n');
});
