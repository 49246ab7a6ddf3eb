/**
 * The reader that is killed: one collector of the register into a real store. Its only argument is JSON, a `ReaderSpec`.
 * The numbers of the lines and the position go to the store in one transaction; only then the position is committed.
 * After each transaction it writes on standard output how many lines are stored, those of former lives too.
 */

import type { z } from 'zod';
import { logCollectors } from '../../../collectors/log-collectors.ts';
import type { Component } from '../../../core/component.ts';
import type { LogCollector, LogRecord, LogSink, RecordBatch } from '../../../core/log.ts';
import type { Store } from '../../../core/store.ts';
import { openStore } from '../../../store/sqlite.ts';
import { positionKey, positions, type ReaderSpec, readerSpec, seen } from './spec.ts';

/** So many batches may wait for the store: a kill then finds some that were handed out and are not stored. */
const mostWaiting = 4;

function numberOf({ text, fields }: LogRecord): number {
  const said = text === '' ? String(fields?.message ?? fields?.log ?? '') : text;
  const found = /\bn=(\d+)/.exec(said);
  return found === null ? 0 : Number(found[1]);
}

/** Stores what waits, all of it in one transaction, and tells it. */
function createWriter(store: Store) {
  const numbers = store.values(seen);
  const position = store.values(positions);
  const before = numbers.entries();
  let written = before.length;
  let lines = before.reduce((sum, [, value]) => sum + value.byteLength / Uint32Array.BYTES_PER_ELEMENT, 0);
  return (batches: readonly RecordBatch[]): void => {
    const found = Uint32Array.from(
      batches.flatMap(({ records }) => records),
      numberOf,
    );
    store.transaction(() => {
      numbers.set(String(written++).padStart(8, '0'), new Uint8Array(found.buffer));
      position.set(positionKey, Buffer.from(batches.at(-1)!.position));
    });
    lines += found.length;
    process.stdout.write(`${lines}\n`);
  };
}

function createSink(store: Store, collector: () => LogCollector): LogSink {
  const write = createWriter(store);
  let waiting: RecordBatch[] = [];
  let storing: Promise<void> | undefined;
  const storeAll = async () => {
    while (waiting.length > 0) {
      const batches = waiting;
      waiting = [];
      write(batches);
      await collector().commit(batches.at(-1)!.position);
    }
    storing = undefined;
  };
  return {
    async take(batch) {
      waiting.push(batch);
      storing ??= new Promise<void>(resolve => setImmediate(resolve)).then(storeAll);
      if (waiting.length >= mostWaiting) await storing;
    },
    refuse: (reason, count, what) => void process.stderr.write(`refused ${reason} ${count}: ${what}\n`),
    trouble: message => void process.stderr.write(`trouble: ${message ?? 'over'}\n`),
  };
}

async function read({ dir, name, options }: ReaderSpec): Promise<void> {
  const register: Readonly<Record<string, Component<z.ZodType, LogCollector>>> = logCollectors;
  const component = register[name];
  if (component === undefined)
    throw new RangeError(`no log collector "${name}": one of ${Object.keys(logCollectors).join(', ')}`);
  const store = openStore(dir, message => process.stderr.write(`${message}\n`));
  const stored = store.values(positions).get(positionKey);
  const from = stored === undefined ? undefined : Buffer.from(stored).toString();
  const collector = component.create(component.options.parse(options), undefined);
  await collector.start(
    createSink(store, () => collector),
    from,
    new AbortController().signal,
  );
}

await read(readerSpec.parse(JSON.parse(process.argv[2] ?? '{}')));
