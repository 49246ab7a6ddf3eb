import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Fault, faults } from './faults.ts';
import { Lab } from './lab.ts';
import { layout } from './layout.ts';
import { load } from './load.ts';
import { exportLogs } from './log-export.ts';
import { prefer } from './processes.ts';
import { exportSeries } from './series-export.ts';
import { type Delivered, listen } from './webhook.ts';

const step = 5000;

interface Plan {
  readonly fault: Fault;
  readonly normal: number;
  readonly faultFor: number;
  readonly after: number;
  readonly basePort: number;
  readonly out: string;
}

/** `46m`, `90s`, `45m10s` in ms. */
function duration(text: string): number {
  const match = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!match || text === '') throw new Error(`duration "${text}": expected e.g. 46m, 90s or 1m30s`);
  return (Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0)) * 1000;
}

function plan(): Plan {
  const { values } = parseArgs({
    options: {
      fault: { type: 'string' },
      normal: { type: 'string', default: '46m' },
      'fault-for': { type: 'string', default: '5m' },
      after: { type: 'string', default: '4m' },
      'base-port': { type: 'string', default: '21000' },
      out: { type: 'string' },
    },
  });
  const fault = faults.find(one => one.name === values.fault);
  if (!fault)
    throw new Error(`--fault "${values.fault}": expected one of ${faults.map(one => one.name).join(', ')}`);
  if (!values.out) throw new Error('--out DIR is missing');
  return {
    fault,
    normal: duration(values.normal),
    faultFor: duration(values['fault-for']),
    after: duration(values.after),
    basePort: Number(values['base-port']),
    out: path.resolve(values.out),
  };
}

function version(command: string, flag: string): string {
  const text = execFileSync('sh', ['-c', `${command} ${flag} 2>&1`], { encoding: 'utf8' });
  return /(?:version |version=|v=|nginx\/|Exporter )v?([\d.]+)/.exec(text)?.[1] ?? '?';
}

function versions(): Record<string, string> {
  return {
    prometheus: version('prometheus', '--version'),
    alertmanager: version('prometheus-alertmanager', '--version'),
    node_exporter: version('prometheus-node-exporter', '--version'),
    redis_exporter: version('prometheus-redis-exporter', '--version').replace(/\.$/, ''),
    nginx_exporter: version('prometheus-nginx-exporter', '--version'),
    nginx: version('nginx', '-v'),
    redis: version('redis-server', '--version'),
    node: process.versions.node,
  };
}

interface Times {
  readonly start: number;
  readonly faultStart: number;
  readonly faultEnd: number;
  readonly end: number;
}

const iso = (ms: number) => new Date(ms).toISOString();
const gridTime = (ms: number) => Math.ceil(ms / step) * step;
const note = (text: string) => console.error(`${iso(Date.now())} ${text}`);

/** Lives through the plan and tells when what happened. */
async function live(lab: Lab, { fault, normal, faultFor, after }: Plan): Promise<Times> {
  // The first seconds, in which programs warm up and caches fill, belong to nobody.
  await sleep(30_000);
  const start = gridTime(Date.now());
  note('normal life');
  await sleep(normal);
  const faultStart = Date.now();
  note(`fault ${fault.name}`);
  await fault.start(lab);
  await sleep(faultStart + faultFor - Date.now());
  await fault.stop(lab);
  const faultEnd = Date.now();
  note('fault over');
  await sleep(after);
  return { start, faultStart, faultEnd, end: gridTime(Date.now()) - step };
}

async function write(lab: Lab, plan: Plan, times: Times, alerts: readonly Delivered[]): Promise<void> {
  const { fault, out } = plan;
  mkdirSync(out, { recursive: true });
  const startsAt = iso(times.faultStart);
  const endsAt = iso(times.faultEnd);
  const meta = {
    name: fault.name,
    what: fault.summary,
    startsAt: iso(times.start),
    endsAt: iso(times.end),
    stepSeconds: step / 1000,
    versions: versions(),
    truth: fault.truth.map(cause => ({ ...cause, startsAt, endsAt })),
    affected: fault.affected,
  };
  const lines = (list: readonly unknown[]) => list.map(one => `${JSON.stringify(one)}\n`).join('');
  const grid = { start: times.start, step, count: (times.end - times.start) / step + 1 };
  const series = await exportSeries(`http://127.0.0.1:${lab.layout.prometheus}`, grid);
  const logs = exportLogs(lab.layout.dir, times.start, times.end);
  const inside = alerts.filter(one => Date.parse(one.at) >= times.start && Date.parse(one.at) <= times.end);
  writeFileSync(path.join(out, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
  writeFileSync(path.join(out, 'series.jsonl.gz'), gzipSync(lines(series), { level: 9 }));
  writeFileSync(path.join(out, 'alerts.jsonl'), lines(inside));
  writeFileSync(
    path.join(out, 'logs.jsonl.gz'),
    gzipSync(logs.map(line => `${line}\n`).join(''), { level: 9 }),
  );
  note(`wrote ${series.length} series, ${inside.length} alerts, ${logs.length} log lines`);
}

async function main(): Promise<void> {
  const todo = plan();
  prefer(process.pid);
  const dir = mkdtempSync(path.join(tmpdir(), 'lab-'));
  const program = path.join(path.dirname(process.argv[1]!), 'service.cjs');
  const lab = new Lab(layout(todo.basePort, dir), program);
  const alerts: Delivered[] = [];
  const hook = listen(lab.layout.webhook, alert => {
    alerts.push(alert);
    appendFileSync(path.join(dir, 'alerts.jsonl'), `${JSON.stringify(alert)}\n`);
  });
  const users = new AbortController();
  const finish = async () => {
    users.abort();
    await lab.stop();
    hook.closeAllConnections();
    hook.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void finish().then(() => process.exit(1)));
  try {
    await lab.start();
    void load(lab.layout.nginx, todo.basePort, users.signal);
    await write(lab, todo, await live(lab, todo), alerts);
    await finish();
    rmSync(dir, { recursive: true, force: true });
  } catch (error) {
    await finish();
    throw error;
  }
  process.exit(0);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
