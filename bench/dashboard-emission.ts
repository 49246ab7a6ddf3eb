import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DashboardDesk } from '../cli/dashboard-desk.ts';
import { incidentDashboards } from '../cli/dashboard-files.ts';
import { createFolderTarget, createGrafanaTarget } from '../cli/dashboard-targets.ts';
import { connectGrafana } from '../cli/grafana-access.ts';
import { GrafanaMarks } from '../cli/grafana-marks.ts';
import { JobLane } from '../cli/job-lane.ts';
import { loadContext, loadOrExplain } from '../cli/load.ts';
import type { Incident } from '../core/incident.ts';
import { openStore } from '../store/sqlite.ts';
import { createDocumentedGrafana } from '../test/integration/documented-grafana.ts';
import { checkoutIncident } from '../test/server/checkout-incident.ts';

/**
 * How soon the dashboards of incidents that open in one pass are in the folder and in Grafana, and what the pass pays for it. Grafana is
 * a server that follows its documents, on loopback. Run: `node dist/bench/dashboard-emission.js [incidents]`.
 */
const count = Number(process.argv[2] ?? 100);
const grafana = await createDocumentedGrafana();
const dir = mkdtempSync(path.join(tmpdir(), 'foreshock-bench-'));
const yaml = `prometheus: {url: "http://127.0.0.1:9090"}
packs: [node, service]
dashboards: {push: {url: "${grafana.url}", authorization: {credentials: good-token}}}\n`;
const readFile = (file: string) => (file === 'bench.yaml' ? yaml : loadContext.readFile(file));
const { config, packs } = loadOrExplain('bench.yaml', { ...loadContext, readFile });
const block = config.dashboards!;
const push = block.push!;

const { incident } = checkoutIncident();
const incidents: readonly Incident[] = Array.from({ length: count }, (_, k) => ({
  ...incident,
  id: `bench-${k}`,
}));
const store = openStore(':memory:');
const access = connectGrafana(push);
const lane = () =>
  new JobLane({ clock: Date.now, random: Math.random, observe: ({ message }) => console.error(message) });
const [toFolder, toGrafana] = [lane(), lane()];
const delays = new Map<string, number[]>([
  ['folder', []],
  ['grafana', []],
]);
const desk = new DashboardDesk({
  routes: [
    { target: createFolderTarget(dir), lane: toFolder },
    {
      target: createGrafanaTarget(access.grafana, push, store.values('grafana-dashboards')),
      lane: toGrafana,
    },
  ],
  marks: new GrafanaMarks({
    lane: toGrafana,
    grafana: access.grafana,
    records: store.values('grafana-annotations'),
  }),
  policy: block.incidents,
  build: each => incidentDashboards(packs, [each], { url: 'http://page', has: () => true })[0]!,
  fleet: () => [],
  pageOf: id => `http://page/incidents/${id}`,
  current: id => ({ ...incident, id }),
  emitted: store.values('dashboards'),
  clock: () => performance.now(),
  observe: ({ target, delay }) => delay !== undefined && delays.get(target)?.push(delay),
});
const stop = new AbortController();
const running = desk.run(stop.signal);
const before = performance.now();
desk.show(incidents, []);
const paid = performance.now() - before;
while ([...delays.values()].some(each => each.length < count)) await sleep(20);
stop.abort();
await running;
if (grafana.dashboards.size !== count)
  throw new Error(`${grafana.dashboards.size} of ${count} are in Grafana`);
console.log(`${count} incidents, the pass pays ${paid.toFixed(1)} ms`);
for (const [target, each] of delays)
  console.log(`${target}: first after ${each[0]?.toFixed(0)} ms, last after ${each.at(-1)?.toFixed(0)} ms`);
await access.close();
await grafana.close();
store.close();
rmSync(dir, { recursive: true, force: true });
