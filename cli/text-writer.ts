import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { InputError } from './exit.ts';
import { mayReplace } from './files.ts';

const blockLength = 1 << 16;

/** Writes a long text piece by piece: told pieces, then ended; or dropped, and nothing is left of it. */
export interface TextWriter {
  write(text: string): Promise<void>;
  end(): Promise<void>;
  drop(): void;
}

function toStandardOutput(): TextWriter {
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(text, error => (error ? reject(error) : resolve()));
    });
  return { write, end: async () => {}, drop: () => {} };
}

function toFile(file: string): TextWriter {
  const whole = mayReplace(file);
  const fresh = whole ? `${file}.tmp` : file;
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const handle = openSync(fresh, 'w');
  let pending = '';
  const flush = () => {
    const bytes = Buffer.from(pending);
    pending = '';
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
  };
  return {
    async write(text) {
      pending += text;
      if (pending.length >= blockLength) flush();
    },
    async end() {
      flush();
      closeSync(handle);
      if (whole) renameSync(fresh, file);
    },
    drop() {
      closeSync(handle);
      if (whole) rmSync(fresh, { force: true });
    },
  };
}

/** Opens a file that is written whole or not at all, `-` is standard output; folders are made. */
export function openTextWriter(file: string): TextWriter {
  if (file === '-') return toStandardOutput();
  try {
    return toFile(file);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InputError(`${file}: cannot be written (${why})`);
  }
}
