import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogIntake } from '../../cli/log-intake.ts';
import type { Store } from '../../core/store.ts';
import { createMetrics } from '../../server/metrics.ts';
import { openStore } from '../../store/sqlite.ts';

const step = 15_000;
const start = Date.parse('2026-03-01T10:00:00Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let directory: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-intake-'));
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

const file = () => path.join(directory, 'checkout.log');
/** A line each second: each tenth is an error. */
const line = (i: number) => {
  const at = new Date(start + i * 1000).toISOString();
  return i % 10 === 9
    ? `${at} ERROR payment ${i} of ann@example.com failed: card declined\n`
    : `${at} INFO order ${i} taken in ${i % 7} ms\n`;
};
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => line(from + i)).join('');

interface Running {
  readonly intake: LogIntake;
  /** Reads until so many lines were read since the start of this run, and a minute more, in which none comes. */
  until(count: number): Promise<void>;
  stop(): Promise<void>;
}

function run(): Running {
  let now = start + 3_600_000;
  const metrics = createMetrics();
  const intake = new LogIntake({
    logs: [
      {
        name: 'app',
        service: ['filename'],
        session: [],
        events: false,
        file_tail: { paths: [`${directory}/*.log`], start_at: 'beginning', poll_interval: '5ms' },
      },
    ],
    step,
    delay: step,
    store,
    metrics,
    log: silent,
    clock: () => now,
  });
  const ended = new AbortController();
  const running = intake.run(ended.signal);
  return {
    intake,
    async until(count) {
      for (;;) {
        const { values } = await metrics.logLines.get();
        if ((values[0]?.value ?? 0) >= count) break;
        await new Promise(resolve => setImmediate(resolve));
      }
      now += 60_000;
    },
    async stop() {
      ended.abort();
      await running;
    },
  };
}

/** Lines of each level at the steps of the first five minutes. */
async function counted(intake: LogIntake): Promise<Record<string, number>> {
  const query = 'sum by (level) (sum_over_time(foreshock_log_lines[5m]))';
  const end = start + 300_000;
  const { series } = await intake.source('app').queryRange({ query, start: end, end, step });
  return Object.fromEntries(series.map(({ labels, v }) => [labels.level, v[0]!]));
}

const all = { error: 30, info: 270 };

describe('the intake of logs', () => {
  it('counts the lines of a file by service, level and template', async () => {
    writeFileSync(file(), lines(1, 301));
    const { intake, until, stop } = run();
    await until(300);
    intake.step(start + 600_000);
    expect(await counted(intake)).toEqual(all);
    const series = intake.series.select(['foreshock_log_lines'], start, start + 600_000);
    expect(new Set(series.map(({ labels }) => labels.service))).toEqual(new Set(['checkout']));
    expect(new Set(series.map(({ labels }) => labels.template)).size).toBe(2);
    await stop();
  });

  it('goes on after an end as if there had been none, with the same templates', async () => {
    writeFileSync(file(), lines(1, 151));
    const first = run();
    await first.until(150);
    await first.stop();
    await first.intake.end();
    appendFileSync(file(), lines(151, 301));
    const second = run();
    await second.until(150);
    second.intake.step(start + 600_000);
    expect(await counted(second.intake)).toEqual(all);
    const series = second.intake.series.select(['foreshock_log_lines'], start, start + 600_000);
    expect(new Set(series.map(({ labels }) => labels.template)).size).toBe(2);
    await second.stop();
  });

  it('counts again what was read and not stored when it crashed, and nothing twice', async () => {
    writeFileSync(file(), lines(1, 101));
    const first = run();
    await first.until(100);
    first.intake.step(start + 60_000);
    appendFileSync(file(), lines(101, 201));
    await first.until(200);
    await first.stop();
    appendFileSync(file(), lines(201, 301));
    const second = run();
    await second.until(200);
    second.intake.step(start + 600_000);
    expect(await counted(second.intake)).toEqual(all);
    await second.stop();
  });

  it('answers a query when the source was read up to its end', async () => {
    writeFileSync(file(), lines(1, 301));
    const { intake, until, stop } = run();
    let answered = false;
    const answer = counted(intake).then(found => {
      answered = true;
      return found;
    });
    await until(300);
    expect(answered).toBe(false);
    intake.step(start + 600_000);
    expect(await answer).toEqual(all);
    await stop();
  });

  it('gives an anomaly the lines that it speaks of, without personal data', async () => {
    writeFileSync(file(), lines(1, 301));
    const { intake, until, stop } = run();
    await until(300);
    const anomaly = {
      class: 'logs/service',
      entity: { service: 'checkout' },
      t: start,
      score: 1,
      p: 0.001,
      shares: [{ signal: 'error_lines', share: 1 }],
      band: undefined,
      worst: { signal: 'error_lines', value: 1 },
      state: 'watching',
      reason: '',
    } as const;
    const { examples = [] } = intake.illustrate(anomaly, 'app');
    expect(examples).toHaveLength(3);
    for (const example of examples) expect(example).toMatch(/^payment \d+ of <email> failed/);
    expect(intake.illustrate(anomaly, 'metrics').examples).toBeUndefined();
    await stop();
  });

  it('counts a past of days, read at once, in its own time', async () => {
    const day = 86_400_000;
    const first = start - 3 * day;
    const past = Array.from({ length: 432 }, (_, i) => new Date(first + (i + 0.5) * 600_000).toISOString());
    writeFileSync(file(), past.map(at => `${at} INFO order taken\n`).join(''));
    const { intake, until, stop } = run();
    await until(432);
    intake.step(start + 600_000);
    const query = 'sum(sum_over_time(foreshock_log_lines[1h]))';
    const range = { query, start: first + 3_600_000, end: start, step: 3_600_000 };
    const { series } = await intake.source('app').queryRange(range);
    expect([...(series[0]?.v ?? [])]).toEqual(Array(72).fill(6));
    await stop();
  });
});
