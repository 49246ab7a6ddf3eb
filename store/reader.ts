import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import type { ResultStore } from '../core/store.ts';
import { blob } from './blob.ts';
import { StoreError } from './database.ts';
import { resultReader } from './result-reader.ts';

const pairRow = z.object({ key: z.string(), value: blob });

/**
 * The values of one table of the store in `directory`, by key, also while a daemon holds it: a reader of the write-ahead
 * log needs no lock. None when there is no store yet; throws a StoreError when it cannot be read.
 */
export function readValues(directory: string, table: string): readonly (readonly [string, Uint8Array])[] {
  return withReader(directory, reader => reader.values(table)) ?? [];
}

/** What can be read of a store while a daemon holds it. */
export interface StoreReader extends Pick<ResultStore, 'read' | 'names'> {
  values(table: string): readonly (readonly [string, Uint8Array])[];
}

/** Lets `body` read the store in `directory`, all of it as it is at one moment; undefined when there is no store yet. */
export function withReader<T>(directory: string, body: (reader: StoreReader) => T): T | undefined {
  const file = path.join(directory, 'foreshock.db');
  if (!existsSync(file)) return undefined;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true });
    db.exec('PRAGMA busy_timeout = 5000; BEGIN;');
    const all = db.prepare('SELECT key, value FROM kv WHERE tbl = ? ORDER BY key');
    const values = (table: string) =>
      all
        .all(table)
        .map(row => pairRow.parse(row))
        .map(({ key, value }) => [key, value] as const);
    return body({ values, ...resultReader(db) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`${file} cannot be read: ${reason}`, cause);
  } finally {
    db?.close();
  }
}
