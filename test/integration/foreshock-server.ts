import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServerProcess, freePort, type LoopbackServer } from './loopback-server.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The built daemon on a free port, not started yet. `config` is its YAML without the block `web`. */
export async function createForeshock(dir: string, config: string): Promise<LoopbackServer> {
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`);
  const port = await freePort();
  const file = `${dir}/foreshock.yaml`;
  writeFileSync(file, `${config}\nweb: {listen: "127.0.0.1:${port}"}\n`);
  return createServerProcess({
    command: process.execPath,
    args: [main, 'run', '--config', file],
    port,
    ready: '/-/healthy',
    logFile: `${dir}/foreshock.log`,
  });
}

/** The value of a metric of foreshock whose line begins with `series`; undefined when it is not there. */
export async function ownMetric(foreshock: LoopbackServer, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${foreshock.url}/metrics`)).text();
  const line = text.split('\n').find(each => each.startsWith(series));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
