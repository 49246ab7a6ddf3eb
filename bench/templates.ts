import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readLogLines } from '../cli/log-lines.ts';
import { HeaderReader } from '../detectors/log-header.ts';
import { createHeaderView } from '../detectors/log-header-view.ts';
import { LogTemplateMiner, minerOptions } from '../detectors/log-template.ts';
import { createLineMaker } from './log-lines.ts';
import { cpuOf, openExchange } from './peer.ts';

/**
 * Log templates: lines per CPU second beside Drain3 in the same run, and from a file to counts. `--data FOLDER`: the logs of a
 * folder, each a source of its own, instead of a made-up one.
 */
const data = process.argv.includes('--data') ? process.argv[process.argv.indexOf('--data') + 1] : undefined;
const count = 100_000;
const runs = 5;

function readLines(folder: string): string[][] {
  const files = readdirSync(folder).filter(name => /\.log(\.gz)?$/.test(name));
  return files.map(name => {
    const bytes = readFileSync(path.join(folder, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split(/\r?\n/);
  });
}

function makeLines(): string[][] {
  const maker = createLineMaker(500, 1);
  return [Array.from({ length: count }, () => maker.line())];
}

/** The lines of each source. */
const sources = data === undefined ? makeLines() : readLines(data);
const lines = sources.flat();
const createMiner = () => new LogTemplateMiner(minerOptions.parse({}));

/** Header, masks and match in one pass, a reader and a miner for each source that begin with nothing. */
function mineLines(source: readonly string[]): number {
  const reader = new HeaderReader();
  const view = createHeaderView();
  const miner = createMiner();
  for (const line of source) {
    reader.read(line, view, Number.NaN);
    miner.learn(line, view);
  }
  miner.settle();
  return miner.templates().length;
}

function messagesOf(source: readonly string[]): string[] {
  const reader = new HeaderReader();
  const view = createHeaderView();
  for (const line of source.slice(0, 1024)) reader.learn(line);
  return source.map(line => {
    reader.read(line, view, Number.NaN);
    return line.slice(view.from, view.to);
  });
}

function mineMessages(messages: readonly string[]): number {
  const miner = createMiner();
  for (const message of messages) miner.learn(message, { from: 0, to: message.length, t: Number.NaN });
  miner.settle();
  return miner.templates().length;
}

/** From a file to counts by minute, level and template. */
async function countFile(file: string): Promise<Map<string, Uint32Array>> {
  const reader = new HeaderReader();
  const view = createHeaderView();
  const miner = createMiner();
  const counts = new Map<string, Uint32Array>();
  const notes = { invalid: 0, cut: 0 };
  for await (const batch of readLogLines({ file, notes, progress: () => {} }))
    for (const line of batch) {
      reader.read(line, view, Number.NaN);
      const index = miner.learn(line, view);
      const key = `${Math.floor(view.t / 60_000)} ${view.level}`;
      let row = counts.get(key);
      if (row === undefined || row.length <= index) {
        const wider = new Uint32Array(Math.max(1024, 2 * index));
        if (row !== undefined) wider.set(row);
        row = wider;
        counts.set(key, row);
      }
      row[index]!++;
    }
  return counts;
}

async function fileRate(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'foreshock-bench-'));
  const file = path.join(folder, 'app.log');
  const many = Array.from({ length: 5 }, () => lines).flat();
  writeFileSync(file, `${many.join('\n')}\n`);
  let best = 0;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    const counts = await countFile(file);
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, many.length / ((user + system) / 1e6));
    let sum = 0;
    for (const row of counts.values()) for (const n of row) sum += n;
    if (sum !== many.length) throw new Error(`${sum} of ${many.length} lines were counted`);
  }
  rmSync(folder, { recursive: true });
  return best;
}

const rateOf = (took: Float64Array, which: number) => Math.round(lines.length / (took.at(which)! / 1000));
const exchange = openExchange();
const messages = sources.map(messagesOf);
exchange.writeText('messages.json', JSON.stringify(messages));
exchange.writeText('lines.json', JSON.stringify(sources));
const sumOf = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n, 0);
let found = 0;
const whole = cpuOf(runs, () => {
  found = sumOf(sources.map(mineLines));
});
let foundInMessages = 0;
const parts = cpuOf(runs, () => {
  foundInMessages = sumOf(messages.map(mineMessages));
});
const peer = exchange.run('drain3_templates.py');
exchange.close();
const row = (of: string, own: Float64Array, templates: number) => {
  const drain = (how: string) => Math.round(Number(peer?.[`${of}_${how}`]));
  return {
    of,
    'own, lines / CPU s': rateOf(own, 0),
    worst: rateOf(own, -1),
    templates,
    'Drain3, seven masks': drain('masked'),
    'its templates': peer?.[`${of}_masked_templates`],
    'Drain3, no mask': drain('plain'),
    'own / masked': rateOf(own, 0) / drain('masked'),
  };
};
console.table([row('lines', whole, found), row('messages', parts, foundInMessages)]);
console.table({ 'file to counts, lines / CPU s': Math.round(await fileRate()) });
