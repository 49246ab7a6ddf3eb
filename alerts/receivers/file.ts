import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { Component } from '../../core/component.ts';
import type { Receiver } from '../../core/receiver.ts';
import { SourceError } from '../../core/series.ts';

const options = z.strictObject({
  name: z.string().default('file').describe('Name of the receiver.'),
  path: z.string().min(1).describe('File that JSON lines are appended to.'),
});
const line = z.object({ key: z.string() });

/** Where a warning goes; the process' own warnings where nothing is given. */
export interface FileContext {
  readonly warn: (text: string) => void;
}

/** What stands in the file: the keys, and the numbers (from 1) of whole lines that are not JSON. */
interface Standing {
  readonly keys: Set<string>;
  readonly broken: readonly number[];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the file; a torn last line (the process died while writing) is cut off, a broken whole line is left alone. */
function standing(path: string): Standing {
  if (!existsSync(path)) return { keys: new Set(), broken: [] };
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  const keys = new Set<string>();
  const broken: number[] = [];
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n');
  for (const [at, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const value = parseJson(text);
    const read = line.safeParse(value);
    if (read.success) keys.add(read.data.key);
    else if (value === undefined) broken.push(at + 1);
  }
  return { keys, broken };
}

function brokenInWords(path: string, broken: readonly number[]): string {
  const shown = broken.slice(0, 3).join(', ');
  const more = broken.length > 3 ? ` and ${broken.length - 3} more` : '';
  return `${path}: line ${shown}${more} is not JSON: left as it is and passed over`;
}

function append(path: string, text: string): void {
  const file = openSync(path, 'a');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Appends and syncs; what already stands in the file is not written again, so each notification is there once. */
export const file: Component<typeof options, Receiver, FileContext | undefined> = {
  name: 'file',
  summary: 'JSON lines in a file, each notification once.',
  options,
  create({ name, path }, context) {
    const warn = context?.warn ?? ((text: string) => process.emitWarning(text));
    let keys: Set<string> | undefined;
    let warned = false;
    const known = () => {
      const { keys: read, broken } = standing(path);
      if (broken.length > 0 && !warned) warn(brokenInWords(path, broken));
      warned ||= broken.length > 0;
      return read;
    };
    return {
      name,
      resendEvery: 0,
      async deliver(notifications) {
        try {
          const there = keys ?? known();
          const fresh = notifications.filter(told => !there.has(told.key));
          keys = undefined;
          append(path, fresh.map(told => `${JSON.stringify(told)}\n`).join(''));
          for (const told of fresh) there.add(told.key);
          keys = there;
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          throw new SourceError(`cannot write ${path}: ${reason}`, { retryable: true, cause });
        }
      },
    };
  },
};
