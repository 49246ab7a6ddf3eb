import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { fileTail } from '../../collectors/file-tail.ts';
import type { LogCollector } from '../../core/log.ts';
import { temporaryFolder } from '../integration/loopback-server.ts';
import { type LogReading, readLogs } from './log-reading.ts';

type Options = Readonly<Record<string, unknown>>;

/** A reading by file_tail, with its collector. */
export interface Tailing extends LogReading {
  readonly collector: LogCollector;
}

/** A folder of logs that lives as long as the test, and its readers. */
export interface TailedFolder {
  readonly folder: string;
  /** The path of a file in the folder. */
  at(name: string): string;
  append(name: string, text: string | Buffer): void;
  /** Starts to read all logs of the folder from their beginning, unless the options say otherwise. */
  tail(options?: Options, how?: Parameters<typeof readLogs>[1]): Tailing;
  /** Reads on from the last position of another reading, which is ended. */
  goOn(before: LogReading, options?: Options): Promise<Tailing>;
}

export function createTailedFolder(): TailedFolder {
  const folder = temporaryFolder('file-tail');
  const readings: LogReading[] = [];
  onTestFinished(async () => {
    await Promise.all(readings.map(reading => reading.stop()));
    rmSync(folder, { recursive: true });
  });
  const at = (name: string) => path.join(folder, name);
  const defaults = {
    paths: [at('*.log*')],
    start_at: 'beginning',
    poll_interval: '5ms',
    rotated_wait: '50ms',
  };
  const tail: TailedFolder['tail'] = (options, how) => {
    const collector = fileTail.create(fileTail.options.parse({ ...defaults, ...options }), undefined);
    const reading = { ...readLogs(collector, how), collector };
    readings.push(reading);
    return reading;
  };
  return {
    folder,
    at,
    append: (name, text) => appendFileSync(at(name), text),
    tail,
    async goOn(before, options) {
      await before.stop();
      return tail(options, { from: before.position() });
    },
  };
}
