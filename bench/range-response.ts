import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RangeResponseScanner } from '../collectors/range-response.ts';
import { createRandom } from '../core/random.ts';

/**
 * Reads one range answer in two ways, each in a process of its own that finds the body in a file, so that making the
 * body does not count: `node bench/range-response.js`.
 */
const seriesCount = 500;
const points = 2_000;
const chunkSize = 65_536;
const rounds = 5;

/** A range answer as Prometheus writes it: seeded, so the same on each run. */
function payload(): Uint8Array {
  const random = createRandom(1);
  const result: string[] = [];
  for (let s = 0; s < seriesCount; s++) {
    const metric = {
      __name__: 'node_cpu_seconds_total',
      cpu: `${s % 16}`,
      instance: `10.0.0.${s}:9100`,
      mode: 'user',
    };
    const values: string[] = [];
    for (let i = 0; i < points; i++)
      values.push(`[${1_700_000_000 + i * 15},"${(random() * 1e5).toFixed(4)}"]`);
    result.push(`{"metric":${JSON.stringify(metric)},"values":[${values.join(',')}]}`);
  }
  const text = `{"status":"success","data":{"resultType":"matrix","result":[${result.join(',')}]}}`;
  return new TextEncoder().encode(text);
}

interface Reading {
  readonly samples: number;
  readonly checksum: number;
}

function byScanner(bytes: Uint8Array): Reading {
  const scanner = new RangeResponseScanner();
  for (let at = 0; at < bytes.length; at += chunkSize) scanner.push(bytes.subarray(at, at + chunkSize));
  let samples = 0;
  let checksum = 0;
  for (const { v } of scanner.end().series) {
    samples += v.length;
    checksum += v.at(-1) ?? 0;
  }
  return { samples, checksum };
}

interface WholeAnswer {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

function byParse(bytes: Uint8Array): Reading {
  const answer: WholeAnswer = JSON.parse(new TextDecoder().decode(bytes));
  let samples = 0;
  let checksum = 0;
  for (const { values } of answer.data.result) {
    const v = Float64Array.from(values, pair => Number(pair[1]));
    samples += v.length;
    checksum += v.at(-1) ?? 0;
  }
  return { samples, checksum };
}

const megabyte = 1 << 20;

function measure(name: string, file: string, read: (bytes: Uint8Array) => Reading) {
  const bytes = readFileSync(file);
  const before = process.resourceUsage().maxRSS / 1024;
  const { samples, checksum } = read(bytes);
  const peak = process.resourceUsage().maxRSS / 1024 - before;
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    if (read(bytes).checksum !== checksum) throw new Error('the answers differ between rounds');
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
  }
  seconds.sort((a, b) => a - b);
  return {
    name,
    megabytes: bytes.length / megabyte,
    samples,
    checksum,
    peak,
    best: seconds[0]!,
    worst: seconds.at(-1)!,
  };
}

const readers: Readonly<Record<string, (bytes: Uint8Array) => Reading>> = {
  scanner: byScanner,
  whole: byParse,
};
const [chosen = '', file = ''] = process.argv.slice(2);
const reader = readers[chosen];
if (reader !== undefined) process.stdout.write(`${JSON.stringify(measure(chosen, file, reader))}\n`);
else compare();

function compare(): void {
  const dir = mkdtempSync(path.join(tmpdir(), 'range-response-'));
  const body = path.join(dir, 'body.json');
  writeFileSync(body, payload());
  const run = (name: string): ReturnType<typeof measure> =>
    JSON.parse(
      execFileSync(process.execPath, [...process.execArgv, process.argv[1]!, name, body], {
        encoding: 'utf8',
      }),
    );
  const [scanner, whole] = [run('scanner'), run('whole')];
  rmSync(dir, { recursive: true });
  if (scanner.checksum !== whole.checksum || scanner.samples !== seriesCount * points)
    throw new Error('the two readers do not agree');
  process.stdout.write(
    `${scanner.megabytes.toFixed(1)} MB, ${scanner.samples} samples, best of ${rounds} (worst)\n\n`,
  );
  process.stdout.write(
    '| reader | samples / CPU s | CPU s | peak memory above the body |\n|---|---|---|---|\n',
  );
  for (const { name, samples, best, worst, peak } of [scanner, whole]) {
    const rate = (samples / best / 1e6).toFixed(2);
    process.stdout.write(
      `| ${name} | ${rate} M | ${best.toFixed(2)} (${worst.toFixed(2)}) | ${peak.toFixed(0)} MB |\n`,
    );
  }
  const [speed, memory] = [whole.best / scanner.best, whole.peak / Math.max(1, scanner.peak)];
  process.stdout.write(`| whole / scanner | | ${speed.toFixed(2)} | ${memory.toFixed(2)} |\n`);
}
