import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LogIntake } from '../cli/log-intake.ts';
import { createMetrics } from '../server/metrics.ts';
import { openStore } from '../store/sqlite.ts';
import { createLineMaker } from './log-lines.ts';

/**
 * The whole way of log lines in the daemon: a file is tailed, each line read, mined and counted, the counts and positions stored
 * on disk. Run: `node dist/bench/log-path.js [lines]`.
 */
const lines = Number(process.argv[2] ?? 1_000_000);
/** Of the log's own time. */
const linesPerSecond = 1000;
const step = 15_000;
const silent = { info: () => undefined, warn: console.warn, error: console.error };

function writeLog(file: string): void {
  const maker = createLineMaker(500, 1, linesPerSecond);
  const out = openSync(file, 'w');
  for (let done = 0; done < lines; done += 10_000)
    writeSync(
      out,
      Array.from({ length: Math.min(10_000, lines - done) }, () => `${maker.line()}\n`).join(''),
    );
  closeSync(out);
}

const folder = mkdtempSync(path.join(tmpdir(), 'log-path-'));
try {
  const file = path.join(folder, 'app.log');
  writeLog(file);
  const store = openStore(path.join(folder, 'store'));
  const metrics = createMetrics();
  const end = Date.parse('2026-01-07T00:00:00Z');
  let clock = end;
  const intake = new LogIntake({
    logs: [
      {
        name: 'app',
        service: ['filename'],
        session: [],
        events: false,
        file_tail: { paths: [file], start_at: 'beginning', poll_interval: '10ms' },
      },
    ],
    step,
    delay: step,
    store,
    metrics,
    log: silent,
    clock: () => clock,
  });
  const ended = new AbortController();
  const before = process.cpuUsage();
  const running = intake.run(ended.signal);
  for (let read = 0; read < lines; ) {
    await new Promise(resolve => setTimeout(resolve, 500));
    intake.step(end);
    read = (await metrics.logLines.get()).values[0]?.value ?? 0;
  }
  // A minute in which no line comes: the past is at its end.
  clock += 60_000;
  intake.step(end);
  ended.abort();
  await running;
  await intake.end();
  const { user, system } = process.cpuUsage(before);
  const series = intake.series.select(['foreshock_log_lines'], 0, end);
  const counted = series.reduce((sum, { v }) => sum + v.reduce((a, b) => a + b, 0), 0);
  if (counted !== lines) throw new Error(`${counted} of ${lines} lines were counted`);
  const cpu = (user + system) / 1e6;
  console.table([
    {
      lines,
      'CPU s': cpu.toFixed(2),
      'lines per CPU second': Math.round(lines / cpu),
      series: series.length,
      'resident MiB': Math.round(process.memoryUsage().rss / 2 ** 20),
    },
  ]);
  store.close();
} finally {
  rmSync(folder, { recursive: true });
}
