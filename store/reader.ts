import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { blob } from './blob.ts';
import { StoreError } from './database.ts';

const pairRow = z.object({ key: z.string(), value: blob });

/**
 * The values of one table of the store in `directory`, by key, also while a daemon holds it: a reader of the write-ahead
 * log needs no lock. None when there is no store yet; throws a StoreError when it cannot be read.
 */
export function readValues(directory: string, table: string): readonly (readonly [string, Uint8Array])[] {
  const file = path.join(directory, 'foreshock.db');
  if (!existsSync(file)) return [];
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true });
    db.exec('PRAGMA busy_timeout = 5000;');
    const rows = db.prepare('SELECT key, value FROM kv WHERE tbl = ? ORDER BY key').all(table);
    return rows.map(row => pairRow.parse(row)).map(({ key, value }) => [key, value] as const);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`${file} cannot be read: ${reason}`, cause);
  } finally {
    db?.close();
  }
}
