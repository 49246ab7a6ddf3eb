import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import type { ModelRefusal, ModelStore, ModelVersion } from '../core/model-version.ts';
import { blob } from './blob.ts';
import { migrate } from './database.ts';

/** So many versions of a class are kept. */
const kept = 3;
const columns = 'class, version, at, t, why, row_count AS rows, entities, signature, race FROM models';
const versionRow = z.object({
  class: z.string(),
  version: z.number(),
  at: z.number(),
  t: z.number(),
  why: z.enum(['first fit', 'refresh', 'rollback']),
  rows: z.number(),
  entities: z.number(),
  signature: z.string(),
  race: z
    .number()
    .nullable()
    .transform(race => race ?? undefined),
});
const refusalRow = z.object({ class: z.string(), at: z.number(), reason: z.string() });
const bytesRow = z.object({ data: blob });
const newestRow = z.object({ newest: z.number() });

/** The models in an open database. Each call is one transaction of its own. */
export function createModelStore(db: Database.Database): ModelStore {
  const all = db.prepare(`SELECT ${columns} ORDER BY class, version`);
  const one = db.prepare(`SELECT ${columns} WHERE class = ? ORDER BY version`);
  const data = db.prepare('SELECT data FROM models WHERE class = ? AND version = ?');
  const newest = db.prepare('SELECT coalesce(max(version), 0) AS newest FROM models WHERE class = ?');
  const insert = db.prepare('INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM models WHERE class = ? AND version <= ?');
  const update = db.prepare(
    'UPDATE models SET t = ?, entities = ?, data = ? WHERE class = ? AND version = ?',
  );
  const refuse = db.prepare('INSERT OR REPLACE INTO refusals VALUES (?, ?, ?)');
  const accept = db.prepare('DELETE FROM refusals WHERE class = ?');
  const refused = db.prepare('SELECT class, at, reason FROM refusals ORDER BY class');
  const insertNext = (it: Omit<ModelVersion, 'version'>, bytes: Uint8Array): number => {
    const version = newestRow.parse(newest.get(it.class)).newest + 1;
    const { at, t, why, rows, entities, signature, race = null } = it;
    insert.run(it.class, version, at, t, why, rows, entities, signature, Buffer.from(bytes), race);
    accept.run(it.class);
    drop.run(it.class, version - kept);
    return version;
  };
  return {
    versions: name => (name === undefined ? all.all() : one.all(name)).map(row => versionRow.parse(row)),
    bytes(name, version) {
      const row = data.get(name, version);
      return row === undefined ? undefined : bytesRow.parse(row).data;
    },
    add(it, bytes) {
      if (db.inTransaction) return insertNext(it, bytes);
      db.exec('BEGIN IMMEDIATE');
      try {
        const version = insertNext(it, bytes);
        db.exec('COMMIT');
        return version;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    refuse: ({ class: name, at, reason }: ModelRefusal) => void refuse.run(name, at, reason),
    refusals: () => refused.all().map(row => refusalRow.parse(row)),
    replace: ({ class: name, version, t, entities }, bytes) =>
      void update.run(t, entities, Buffer.from(bytes), name, version),
  };
}

/** The models of a store that a daemon may have open: SQLite lets both read and write. */
export interface OpenModels extends ModelStore {
  close(): void;
}

/** Opens the models in `directory` beside a running daemon; undefined when there is no store with models. */
export function openModels(directory: string): OpenModels | undefined {
  const file = path.join(directory, 'foreshock.db');
  if (!existsSync(file)) return undefined;
  const db = new Database(file);
  db.exec('PRAGMA busy_timeout = 5000;');
  const table = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'models'").get();
  if (table === undefined) {
    db.close();
    return undefined;
  }
  migrate(db);
  return { ...createModelStore(db), close: () => void db.close() };
}
