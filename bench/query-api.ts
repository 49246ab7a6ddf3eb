import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createResultTarget } from '../cli/results.ts';
import { seriesKey } from '../cli/series-key.ts';
import { resultSeries } from '../cli/stored-series.ts';
import { createRandom } from '../core/random.ts';
import { createMetrics } from '../server/metrics.ts';
import { createServer } from '../server/server.ts';
import { openStore } from '../store/sqlite.ts';

/**
 * The same range queries asked of a real Prometheus and of our query API over a store on disk, each a process of its own that holds
 * the same samples: `node dist/bench/query-api.js`. CPU time is that of the server's process, the answers are compared.
 */
const seriesCount = 100;
const points = 11_000;
const step = 15_000;
const from = Date.UTC(2026, 0, 5);
const rounds = 7;
/** Samples before the first step, so that windows are full. */
const before = 20;

const labelsOf = (s: number) => ({
  __name__: 'foreshock_anomaly_score',
  class: `class-${s % 4}`,
  instance: `10.0.0.${s}:9100`,
});

/** Scores as they are: positive, most of them small, all digits, no two alike. */
function samplesOf(s: number): { t: Float64Array; v: Float64Array } {
  const random = createRandom(s + 1);
  const t = Float64Array.from({ length: points + before }, (_, i) => from + (i - before) * step);
  return { t, v: t.map(() => s * 1e-9 - Math.log(1 - random())) };
}

const queries = [
  'foreshock_anomaly_score',
  'avg_over_time(foreshock_anomaly_score[2m])',
  'sum by (class) (foreshock_anomaly_score)',
  'topk(5, foreshock_anomaly_score)',
  'foreshock_anomaly_score > on (instance) group_left () foreshock_anomaly_score * 0.5',
];

async function serve(dir: string): Promise<void> {
  const target = createResultTarget(resultSeries(openStore(dir).results), {
    lookback: () => 300_000,
    now: Date.now,
    dialect: 2,
  });
  const server = createServer({
    state: {
      incidents: () => [],
      incident: () => undefined,
      watch: () => ({ classes: [], unusual: { total: 0, rows: [] }, sources: [], budget: undefined }),
      health: () => ({ healthy: true, ready: true, reasons: [] }),
    },
    registry: createMetrics().registry,
    routes: [],
    results: target,
    log: (message, error) => process.stderr.write(`${message}: ${error}\n`),
  });
  process.stdout.write(`${(await server.listen('127.0.0.1:0')).url}\n`);
}

function fill(dir: string): void {
  const store = openStore(path.join(dir, 'ours'));
  const file = openSync(path.join(dir, 'om.txt'), 'w');
  for (let s = 0; s < seriesCount; s++) {
    const { t, v } = samplesOf(s);
    const labels = labelsOf(s);
    store.results.append(seriesKey(labels), t, v);
    const name = `${labels.__name__}{class="${labels.class}",instance="${labels.instance}"}`;
    writeSync(file, [...t].map((at, i) => `${name} ${v[i]} ${at / 1000}\n`).join(''));
  }
  writeSync(file, '# EOF\n');
  closeSync(file);
  store.close();
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=486h', '--quiet'];
  execFileSync('promtool', [...args, path.join(dir, 'om.txt'), path.join(dir, 'theirs')], {
    stdio: 'ignore',
  });
  writeFileSync(path.join(dir, 'prometheus.yml'), 'global: {scrape_interval: 15s}\n');
}

interface Running {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
}

async function startOurs(dir: string): Promise<Running> {
  const args = [...process.execArgv, process.argv[1]!, 'serve', path.join(dir, 'ours')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>(resolve => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  return { name: 'foreshock', url, child };
}

async function startTheirs(dir: string): Promise<Running> {
  const url = 'http://127.0.0.1:19590';
  const child = spawn(
    'prometheus',
    [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/theirs`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${url.slice('http://'.length)}`,
    ],
    { stdio: 'ignore' },
  );
  for (let tries = 0; tries < 300; tries++) {
    const ready = await fetch(`${url}/-/ready`).then(
      answer => answer.ok,
      () => false,
    );
    if (ready) return { name: 'Prometheus', url, child };
    await sleep(100);
  }
  throw new Error('Prometheus is not ready after 30 s');
}

/** CPU time that a process has taken, s, from the kernel's ticks of 10 ms. */
function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Measured {
  wall: number;
  cpu: number;
  body: Buffer;
}

/** The whole body, received by a client that costs little beside the server. */
function drained(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

async function once({ url, child }: Running, query: string): Promise<Measured> {
  const end = from + (points - 1) * step;
  const form = { query, start: String(from / 1000), end: String(end / 1000), step: String(step / 1000) };
  const cpu = cpuOf(child);
  const start = performance.now();
  const body = await drained(`${url}/api/v1/query_range?${new URLSearchParams(form)}`);
  return { wall: (performance.now() - start) / 1000, cpu: cpuOf(child) - cpu, body };
}

interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** Throws where two answers differ in more than the last digits of a value. */
function compare(query: string, ours: Buffer, theirs: Buffer): void {
  if (ours.equals(theirs)) return;
  const rows = (text: Buffer): readonly Row[] => JSON.parse(text.toString()).data.result;
  const [mine, real] = [rows(ours), rows(theirs)];
  const same =
    mine.length === real.length &&
    mine.every(
      ({ metric, values }, k) =>
        JSON.stringify(metric) === JSON.stringify(real[k]!.metric) &&
        values.length === real[k]!.values.length &&
        values.every(([t, v], i) => {
          const [time, value] = real[k]!.values[i]!;
          return t === time && Math.abs(Number(v) - Number(value)) <= 1e-9 * Math.abs(Number(value));
        }),
    );
  if (!same) throw new Error(`the answers of ${query} differ`);
}

const least = (all: readonly Measured[], of: (one: Measured) => number) => Math.min(...all.map(of));

async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'query-api-'));
  fill(dir);
  const [ours, theirs] = [await startOurs(dir), await startTheirs(dir)];
  process.stdout.write(`${seriesCount} series x ${points} points, least of ${rounds}\n\n`);
  process.stdout.write(
    '| query | MB | wall s, ours | Prometheus | ratio | CPU s, ours | Prometheus | ratio |\n|---|---|---|---|---|---|---|---|\n',
  );
  try {
    for (const query of queries) {
      const mine: Measured[] = [];
      const real: Measured[] = [];
      await once(ours, query);
      await once(theirs, query);
      for (let round = 0; round < rounds; round++) {
        mine.push(await once(ours, query));
        real.push(await once(theirs, query));
      }
      compare(query, mine[0]!.body, real[0]!.body);
      const cells = [(mine[0]!.body.length / 2 ** 20).toFixed(1)];
      for (const of of [(one: Measured) => one.wall, (one: Measured) => one.cpu]) {
        const [a, b] = [least(mine, of), least(real, of)];
        cells.push(a.toFixed(2), b.toFixed(2), (a / b).toFixed(2));
      }
      process.stdout.write(`| \`${query}\` | ${cells.join(' | ')} |\n`);
    }
  } finally {
    ours.child.kill();
    theirs.child.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

const [command, dir = ''] = process.argv.slice(2);
await (command === 'serve' ? serve(dir) : run());
