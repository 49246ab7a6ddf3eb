import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../integration/loopback-server.ts';
import { temporaryFile, temporaryFolder } from './command.ts';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');

/** Runs the daemon until `seen` holds of what it printed, tells it to stop, and answers that. */
async function run(
  config: string,
  flags: readonly string[],
  seen: (text: string) => boolean,
): Promise<string> {
  const child = spawn(process.execPath, [main, 'run', '--config', config, ...flags]);
  let text = '';
  child.stdout.on('data', chunk => {
    text += String(chunk);
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  try {
    await until('what the daemon prints', () => seen(text));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return text;
}

it('what a dry run told is told to people by the run after it', async () => {
  const folder = temporaryFolder();
  const record = path.join(folder, 'told.jsonl');
  const config = temporaryFile(
    'foreshock.yaml',
    `prometheus: {url: "http://127.0.0.1:9"}
packs: [node]
storage: {path: ${folder}/state}
web: {listen: "127.0.0.1:0"}
receivers: [{name: record, file: {path: ${record}}}]
`,
  );
  const watchdog = (text: string) => text.includes('ForeshockWatchdog');
  expect(await run(config, ['--dry-run'], watchdog)).toContain('FIRING');
  expect(existsSync(record)).toBe(false);
  await run(config, [], () => existsSync(record) && watchdog(readFileSync(record, 'utf8')));
});
