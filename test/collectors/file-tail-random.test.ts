import { appendFileSync, copyFileSync, existsSync, renameSync, rmSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileTail } from '../../collectors/file-tail.ts';
import { temporaryFolder, until } from '../integration/loopback-server.ts';
import { type LogReading, readLogs } from './log-reading.ts';

type Deed =
  | { readonly do: 'write'; readonly lines: number; readonly torn: number }
  | { readonly do: 'rename' | 'copy and cut' | 'restart' | 'wait' };

/** One log under a random writer, and a reader that is ended and started again. */
class Scene {
  readonly folder = temporaryFolder('rotation');
  readonly file = `${this.folder}/app.log`;
  /** Numbers of lines as readings gave them, each reading for itself up to its last position. */
  readonly #read: number[] = [];
  #reading: LogReading;
  /** Of the last batch of all readings: one may end before its first batch. */
  #position: string | undefined;
  #written = 0;
  #pending = '';

  constructor() {
    this.#reading = this.#start(undefined);
  }

  #start(from: string | undefined): LogReading {
    const options = { paths: [`${this.folder}/*.log*`], start_at: 'beginning', poll_interval: '1ms' };
    return readLogs(fileTail.create(fileTail.options.parse(options), undefined), { from });
  }

  async #restart(): Promise<void> {
    await this.#reading.stop();
    this.#keep();
    this.#position = this.#reading.position() ?? this.#position;
    this.#reading = this.#start(this.#position);
  }

  #keep(): void {
    this.#read.push(...this.#reading.texts().map(text => Number(/^line (\d+)/.exec(text)?.[1])));
  }

  #write(lines: number, torn: number): void {
    let text = this.#pending;
    for (let i = 0; i < lines; i++)
      text += `line ${++this.#written} ${'.'.repeat(this.#written % 50)} same end\n`;
    const cut = Math.floor(text.length * torn);
    if (cut > 0) appendFileSync(this.file, text.slice(0, cut));
    this.#pending = text.slice(cut);
  }

  /** A writer ends its line before its file is rotated. */
  #rotate(how: 'rename' | 'copy and cut'): void {
    this.#write(0, 1);
    if (!existsSync(this.file)) return;
    let last = 1;
    while (existsSync(`${this.file}.${last}`)) last++;
    for (let n = last; n > 1; n--) renameSync(`${this.file}.${n - 1}`, `${this.file}.${n}`);
    if (how === 'rename') renameSync(this.file, `${this.file}.1`);
    else {
      copyFileSync(this.file, `${this.file}.1`);
      truncateSync(this.file);
    }
  }

  async act(deed: Deed): Promise<void> {
    if (deed.do === 'write') this.#write(deed.lines, deed.torn);
    else if (deed.do === 'restart') await this.#restart();
    else if (deed.do === 'wait') await new Promise(setImmediate);
    else this.#rotate(deed.do);
  }

  /** All numbers that were read, sorted, when as many came as were written; and how many were written. */
  async end(): Promise<{ readonly read: readonly number[]; readonly written: number }> {
    this.#write(0, 1);
    const missing = this.#written - this.#read.length;
    await until('all lines are read', () => this.#reading.records.length >= missing);
    await this.#reading.stop();
    this.#keep();
    rmSync(this.folder, { recursive: true });
    return { read: this.#read.toSorted((a, b) => a - b), written: this.#written };
  }
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      lines: fc.integer({ min: 1, max: 40 }),
      torn: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'rename' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'copy and cut' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'wait' as const }) },
);

it('every line is read once, whatever the order of writing, rotating and restarting', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), async deeds => {
      const scene = new Scene();
      for (const each of deeds) await scene.act(each);
      const { read, written } = await scene.end();
      const times = new Uint8Array(written + 1);
      for (const n of read) times[n]!++;
      const not = (right: boolean, n: number) => (right || n === 0 ? [] : [n]);
      const lost = [...times].flatMap((count, n) => not(count > 0, n));
      const doubled = [...times].flatMap((count, n) => not(count < 2, n));
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    }),
    { seed: 3, numRuns: 25, endOnFailure: true },
  );
});
