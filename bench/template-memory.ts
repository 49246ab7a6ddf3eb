import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HeaderReader } from '../detectors/log-header.ts';
import { createHeaderView } from '../detectors/log-header-view.ts';
import { LogTemplateMiner, minerOptions } from '../detectors/log-template.ts';
import { createLineMaker } from './log-lines.ts';

/** What a miner holds while ten million lines of 5,000 templates go through it; another number of lines as the argument. */
const long = Number(process.argv[2] ?? 10_000_000);

/** MB of heap that a miner and what it reads with take, after so many lines of 5,000 templates. */
function memory(): Record<string, number>[] {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const maker = createLineMaker(5000, 2);
  collect();
  const before = process.memoryUsage();
  const reader = new HeaderReader();
  const view = createHeaderView();
  const miner = new LogTemplateMiner(minerOptions.parse({}));
  const rows: Record<string, number>[] = [];
  for (let done = 1; done <= long; done++) {
    const line = maker.line();
    reader.read(line, view, Number.NaN);
    miner.learn(line, view);
    if (done % (long / 5) > 0) continue;
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const mb = (heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;
    rows.push({ lines: done, templates: miner.templates().length, MB: Number(mb.toFixed(1)) });
  }
  return rows;
}

console.table(memory());
