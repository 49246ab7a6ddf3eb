import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { temporaryFolder, until } from '../loopback-server.ts';
import { type KilledReader, startKilledReader } from './kill-run.ts';

const total = 1_000_000;
const mostAhead = 60_000;
const random = createRandom(5);

/** Moves `file.1` to `file.2` and so on: nothing is thrown away. */
function shift(file: string): void {
  let last = 1;
  while (existsSync(`${file}.${last}`)) last++;
  for (let n = last; n > 1; n--) renameSync(`${file}.${n - 1}`, `${file}.${n}`);
}

function rotateByRename(file: string): void {
  shift(file);
  renameSync(file, `${file}.1`);
}

function rotateByCopy(file: string): void {
  shift(file);
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** Writes the numbers to two logs, one rotated by rename, one by copy and cut, at random moments. */
async function write(folder: string, run: KilledReader): Promise<void> {
  const logs = [
    { file: `${folder}/renamed.log`, rotate: rotateByRename },
    { file: `${folder}/copied.log`, rotate: rotateByCopy },
  ];
  for (let n = 1; n <= total; ) {
    const { file, rotate } = logs[random() < 0.5 ? 0 : 1]!;
    let text = '';
    for (const end = Math.min(total + 1, n + 1 + Math.floor(random() * 2000)); n < end; n++)
      text += `2026-11-30T12:00:00.000Z INFO worker: done n=${n} in ${Math.floor(random() * 900)} ms\n`;
    const torn = Math.floor(random() * text.length);
    appendFileSync(file, text.slice(0, torn));
    await until('the reader comes after', () => n - run.stored() < mostAhead);
    appendFileSync(file, text.slice(torn));
    if (random() < 0.06) rotate(file);
  }
}

it('file_tail loses and doubles none of 1,000,000 lines over 20 kills and rotations by rename and by copy', async () => {
  const folder = temporaryFolder('log-kill-files');
  mkdirSync(folder, { recursive: true });
  const options = {
    paths: [`${folder}/*.log*`],
    start_at: 'beginning',
    poll_interval: '20ms',
    rotated_wait: '2s',
  };
  const run = await startKilledReader({ name: 'file_tail', options, total, kills: 20, seed: 7 });
  await write(folder, run);
  const tally = await run.finish();
  console.info(`file_tail: ${tally.duplicates} duplicates after ${tally.kills} kills`);
  expect(tally).toMatchObject({ lost: 0, firstLost: [], duplicates: 0, strange: 0, kills: 20 });
  rmSync(folder, { recursive: true });
});
