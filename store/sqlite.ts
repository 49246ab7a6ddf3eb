import type Database from 'libsql';
import { z } from 'zod';
import type { KeyValues, Outbox, ResultStore, Store } from '../core/store.ts';
import { createAuditTrail } from './audit.ts';
import { blob } from './blob.ts';
import { BlockCache } from './block-cache.ts';
import { blockLength, blockRow, mergeColumns, packColumn, unpackColumn } from './blocks.ts';
import { ColumnCache } from './column-cache.ts';
import { openDatabase } from './database.ts';
import { createModelStore } from './models.ts';
import { resultReader } from './result-reader.ts';
import { createTransaction } from './transaction.ts';

const valueRow = z.object({ value: blob });
const pairRow = z.object({ key: z.string(), value: blob });
const keyRow = z.object({ key: z.string() });
const outboxRow = z.object({
  id: z.number(),
  receiver: z.string(),
  key: z.string(),
  body: z.string(),
  attempts: z.number(),
});

function keyValues(db: Database.Database, table: string): KeyValues {
  const get = db.prepare('SELECT value FROM kv WHERE tbl = ? AND key = ?');
  const set = db.prepare('INSERT OR REPLACE INTO kv (tbl, key, value) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM kv WHERE tbl = ? AND key = ?');
  const all = db.prepare('SELECT key, value FROM kv WHERE tbl = ? ORDER BY key');
  const names = db.prepare('SELECT key FROM kv WHERE tbl = ? ORDER BY key');
  return {
    get(key) {
      const row = get.get(table, key);
      return row === undefined ? undefined : valueRow.parse(row).value;
    },
    set: (key, value) => void set.run(table, key, Buffer.from(value)),
    delete: key => void remove.run(table, key),
    entries: () =>
      all
        .all(table)
        .map(row => pairRow.parse(row))
        .map(({ key, value }) => [key, value] as const),
    keys: () => names.all(table).map(row => keyRow.parse(row).key),
  };
}

type Transaction = Store['transaction'];

function createOutbox(db: Database.Database, transaction: Transaction): Outbox {
  const insert = db.prepare('INSERT OR IGNORE INTO outbox (receiver, key, body, at) VALUES (?, ?, ?, ?)');
  const pending = db.prepare(
    'SELECT id, receiver, key, body, attempts FROM outbox WHERE receiver = ? AND delivered IS NULL ORDER BY id LIMIT ?',
  );
  const delivered = db.prepare('UPDATE outbox SET delivered = ? WHERE id = ?');
  const failed = db.prepare('UPDATE outbox SET attempts = attempts + 1 WHERE id = ?');
  return {
    enqueue: (receiver, key, body, at) => insert.run(receiver, key, body, at).changes > 0,
    pending: (receiver, limit) => pending.all(receiver, limit).map(row => outboxRow.parse(row)),
    delivered: (ids, at) =>
      transaction(() => {
        for (const id of ids) delivered.run(at, id);
      }),
    failed: ids =>
      transaction(() => {
        for (const id of ids) failed.run(id);
      }),
  };
}

/** Results, and the columns that are kept of them: whoever changes blocks makes these forget. */
interface ResultParts {
  readonly transaction: Transaction;
  readonly columns: ColumnCache;
}

function createResults(db: Database.Database, { transaction, columns }: ResultParts): ResultStore {
  const one = db.prepare('SELECT data FROM blocks WHERE series = ? AND start = ?');
  const put = db.prepare('INSERT OR REPLACE INTO blocks (series, start, data) VALUES (?, ?, ?)');
  const write = (series: string, start: number, t: Float64Array, v: Float64Array) => {
    const row = one.get(series, start);
    const after = { t, v };
    const column = row === undefined ? after : mergeColumns(unpackColumn(blockRow.parse(row).data), after);
    put.run(series, start, packColumn(column));
    columns.forget();
  };
  return {
    append(series, t, v) {
      if (t.length !== v.length)
        throw new RangeError(`${t.length} times for ${v.length} values of ${series}`);
      transaction(() => {
        for (let from = 0, to = 0; from < t.length; from = to) {
          const start = Math.floor(t[from]! / blockLength) * blockLength;
          while (to < t.length && Math.floor(t[to]! / blockLength) * blockLength === start) to++;
          write(series, start, t.subarray(from, to), v.subarray(from, to));
        }
      });
    },
    ...resultReader(db, { blocks: new BlockCache(), columns }),
  };
}

/**
 * Opens the store in `directory` (made when missing), or in memory for `:memory:`. WAL with synchronous = FULL: a write
 * that returned survives kill -9 and the loss of power. A damaged file is moved to `*.corrupt` and told to `damaged`.
 * Throws a StoreError when another process has it open.
 */
export function openStore(
  directory: string,
  damaged: (message: string) => void = message => process.emitWarning(message),
): Store {
  const { db, close } = openDatabase(directory, damaged);
  const transaction = createTransaction(db);
  const columns = new ColumnCache();
  const dropBlocks = db.prepare('DELETE FROM blocks WHERE start + ? <= ?');
  const dropDelivered = db.prepare('DELETE FROM outbox WHERE delivered < ?');
  return {
    values: table => keyValues(db, table),
    outbox: createOutbox(db, transaction),
    results: createResults(db, { transaction, columns }),
    models: createModelStore(db),
    audit: createAuditTrail(db, directory, transaction),
    transaction,
    expire: before =>
      transaction(() => {
        dropBlocks.run(blockLength, before);
        columns.forget();
        dropDelivered.run(before);
      }),
    close,
  };
}
