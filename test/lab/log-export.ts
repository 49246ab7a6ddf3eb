import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const most = 12_000;

/** Merges the services' logs by time: all warnings and errors, and as much of the rest as the services sampled. */
export function exportLogs(dir: string, from: number, to: number): string[] {
  const lines = readdirSync(dir)
    .filter(name => /^(frontend|checkout|catalog)-\d+\.log$/.test(name))
    .flatMap(name => readFileSync(path.join(dir, name), 'utf8').split('\n'))
    .filter(line => line !== '')
    .map(line => ({ line, t: Date.parse((JSON.parse(line) as { time: string }).time) }))
    .filter(({ t }) => t >= from && t <= to)
    .sort((a, b) => a.t - b.t);
  const every = Math.ceil(lines.length / most);
  return lines.filter((_, i) => i % every === 0).map(({ line }) => line);
}
