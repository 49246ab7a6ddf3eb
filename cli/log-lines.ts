import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from './exit.ts';

/** Bytes of a line that are kept. */
export const longestLine = 1 << 20;
const newline = 10;

/** What had to be repaired while reading. */
export interface LineNotes {
  /** Bytes that are not UTF-8 became U+FFFD in so many lines. */
  invalid: number;
  /** Lines longer than `longestLine`, cut there. */
  cut: number;
}

/** Where lines come from. `progress` is told how many bytes of the file have been read. */
export interface LineSource {
  readonly file: string;
  readonly notes: LineNotes;
  readonly progress: (bytes: number) => void;
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The size of a file, 0 where it cannot be known: standard input, a pipe. */
export function sizeOf(file: string): number {
  return file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
}

function open({ file, progress }: LineSource): Readable {
  const raw: Readable = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 });
  let read = 0;
  raw.on('data', (chunk: Buffer) => {
    read += chunk.length;
    progress(read);
  });
  raw.pause();
  return raw;
}

/** The bytes of a file, unpacked where it is gzip by its name or, on standard input, by its first bytes. */
async function* chunksOf(source: LineSource): AsyncGenerator<Buffer> {
  const raw = open(source);
  if (!source.file.endsWith('.gz')) {
    yield* raw;
    return;
  }
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', error => unpacked.destroy(error));
  yield* raw.pipe(unpacked);
}

/** Cuts bytes into lines; what is left of a chunk waits for the next one. */
class LineCutter {
  readonly #notes: LineNotes;
  #left: Buffer[] = [];
  #length = 0;

  constructor(notes: LineNotes) {
    this.#notes = notes;
  }

  /** The lines that end in this chunk. */
  take(chunk: Buffer): string[] {
    const last = chunk.lastIndexOf(newline);
    if (last < 0) {
      this.#keep(chunk);
      return [];
    }
    const first = this.#length > 0 ? chunk.indexOf(newline) : -1;
    const lines: string[] = [];
    if (first >= 0) {
      this.#keep(chunk.subarray(0, first));
      lines.push(this.end());
    }
    if (last > first) this.#split(chunk.subarray(first + 1, last), lines);
    if (last + 1 < chunk.length) this.#keep(chunk.subarray(last + 1));
    return lines;
  }

  get pending(): boolean {
    return this.#length > 0;
  }

  /** What is left as a line of its own. */
  end(): string {
    const bytes = Buffer.concat(this.#left);
    if (this.#length > longestLine) this.#notes.cut++;
    this.#left = [];
    this.#length = 0;
    return this.#textOf(bytes);
  }

  #keep(bytes: Buffer): void {
    const room = Math.max(0, longestLine - this.#length);
    if (room > 0) this.#left.push(Buffer.from(bytes.subarray(0, room)));
    this.#length += bytes.length;
  }

  #split(bytes: Buffer, lines: string[]): void {
    for (const line of bytes.toString('utf8').split('\n')) {
      if (line.length > longestLine) this.#notes.cut++;
      lines.push(line.length > longestLine ? line.slice(0, longestLine) : line);
    }
    if (!isUtf8(bytes)) this.#notes.invalid += lines.filter(line => line.includes('\uFFFD')).length;
  }

  #textOf(bytes: Buffer): string {
    if (!isUtf8(bytes)) this.#notes.invalid++;
    return bytes.toString('utf8');
  }
}

/**
 * The lines of a file or of standard input (`-`), some thousand at a time, without their line ends, in flat memory. A line
 * is cut after a mebibyte; bytes that are not UTF-8 are replaced; both are counted in `notes`.
 */
export async function* readLogLines(source: LineSource): AsyncGenerator<readonly string[]> {
  const cutter = new LineCutter(source.notes);
  try {
    for await (const chunk of chunksOf(source)) {
      const lines = cutter.take(chunk);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw new InputError(`${source.file}: cannot be read (${reason(error)})`);
  }
  if (cutter.pending) yield [cutter.end()];
}
