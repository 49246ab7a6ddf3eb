import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { exportLogs, exportSeries, type Grid } from './export.ts';
import { address, layout } from './layout.ts';
import { visit } from './load.ts';
import { type Plan, parsePlan, usage } from './plan.ts';
import { serverVersions } from './server-versions.ts';
import { Lab } from './servers.ts';
import { type Delivered, listen } from './webhook.ts';

const stepMs = 5000;
const warmUpMs = 20_000;

interface Times extends Grid {
  readonly faultStart: number;
  readonly faultEnd: number;
}

const iso = (ms: number) => new Date(ms).toISOString();
const progress = (text: string) => console.error(`${iso(Date.now())} ${text}`);

/** Lives through the plan and tells when what happened. */
async function live(lab: Lab, { fault, normal, faultFor, after }: Plan): Promise<Times> {
  progress('warming up');
  await sleep(warmUpMs);
  const start = Math.ceil(Date.now() / stepMs) * stepMs;
  progress(`normal life for ${normal / 1000} s`);
  await sleep(start + normal - Date.now());
  const faultStart = Date.now();
  progress(`fault ${fault.name} for ${faultFor / 1000} s`);
  const undo = await fault.start(lab);
  await sleep(faultFor);
  const faultEnd = Date.now();
  progress(`recovery for ${after / 1000} s`);
  await undo();
  await sleep(after);
  return { start, end: Math.floor(Date.now() / stepMs) * stepMs, step: stepMs, faultStart, faultEnd };
}

function meta(lab: Lab, { fault }: Plan, times: Times): unknown {
  const { affected, ...truth } = fault.truth(lab.layout);
  return {
    name: fault.name,
    about: fault.what,
    startsAt: iso(times.start),
    endsAt: iso(times.end),
    stepSeconds: times.step / 1000,
    servers: serverVersions(),
    truth: [{ what: fault.what, ...truth, startsAt: iso(times.faultStart), endsAt: iso(times.faultEnd) }],
    affected,
  };
}

const jsonLines = (list: readonly unknown[]) => list.map(one => `${JSON.stringify(one)}\n`).join('');
const zipped = (text: string) => gzipSync(text, { level: 9 });

async function write(
  lab: Lab,
  plan: Plan,
  lived: { times: Times; alerts: readonly Delivered[] },
): Promise<void> {
  const { times } = lived;
  const series = await exportSeries(`http://${address(lab.layout.prometheus)}`, times);
  const logs = exportLogs(lab.layout.file('logs'), times);
  const alerts = lived.alerts.filter(({ at }) => {
    const t = Date.parse(at);
    return t >= times.start && t <= times.end + 1000;
  });
  mkdirSync(plan.out, { recursive: true });
  const save = (name: string, data: string | Uint8Array) => writeFileSync(path.join(plan.out, name), data);
  save('series.jsonl.gz', zipped(jsonLines(series)));
  save('alerts.jsonl', jsonLines(alerts));
  save('logs.jsonl.gz', zipped(logs.map(line => `${line}\n`).join('')));
  save('meta.json', `${JSON.stringify(meta(lab, plan, times), null, 2)}\n`);
  progress(`wrote ${series.length} series, ${alerts.length} alerts, ${logs.length} log lines to ${plan.out}`);
}

/** The folder of the servers' files. One that is given must be empty, since nothing in it may be lost. */
function workFolder(work: string | undefined): string {
  if (work === undefined) return mkdtempSync(path.join(tmpdir(), 'foreshock-lab-'));
  const dir = path.resolve(work);
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new Error(`--work ${work}: expected a new or an empty folder`);
  return dir;
}

async function record(plan: Plan): Promise<void> {
  serverVersions();
  const dir = workFolder(plan.work);
  const lab = new Lab(layout(plan.basePort, dir));
  const alerts: Delivered[] = [];
  const hook = listen(lab.layout.webhook, alert => {
    alerts.push(alert);
    const { alertname, service = '', peer_service = '', instance = '' } = alert.labels;
    progress([alert.status, alertname, service, peer_service, instance].filter(Boolean).join(' '));
  });
  const visitors = new AbortController();
  const finish = async () => {
    visitors.abort();
    await lab.stop();
    hook.closeAllConnections();
    hook.close();
    if (plan.work === undefined) rmSync(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void finish().finally(() => process.exit(1)));
  try {
    await lab.start();
    void visit(lab.layout.nginx, visitors.signal);
    const times = await live(lab, plan);
    await write(lab, plan, { times, alerts });
  } finally {
    await finish();
  }
}

try {
  const plan = parsePlan(process.argv.slice(2));
  if (plan) await record(plan);
  else console.log(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
