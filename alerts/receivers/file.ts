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

/** Keys that stand in the file; a torn last line (the process died while writing) is cut off. */
function keysOf(path: string): Set<string> {
  if (!existsSync(path)) return new Set();
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  const keys = new Set<string>();
  for (const text of bytes.subarray(0, whole).toString('utf8').split('\n')) {
    if (text === '') continue;
    const read = line.safeParse(JSON.parse(text));
    if (read.success) keys.add(read.data.key);
  }
  return keys;
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
export const file: Component<typeof options, Receiver> = {
  name: 'file',
  summary: 'JSON lines in a file, each notification once.',
  options,
  create({ name, path }) {
    let keys: Set<string> | undefined;
    return {
      name,
      resendEvery: 0,
      async deliver(notifications) {
        try {
          const known = keys ?? keysOf(path);
          const fresh = notifications.filter(told => !known.has(told.key));
          keys = undefined;
          append(path, fresh.map(told => `${JSON.stringify(told)}\n`).join(''));
          for (const told of fresh) known.add(told.key);
          keys = known;
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          throw new SourceError(`cannot write ${path}: ${reason}`, { retryable: true, cause });
        }
      },
    };
  },
};
