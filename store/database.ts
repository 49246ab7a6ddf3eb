import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';

const migrations: readonly string[] = [
  `CREATE TABLE kv (tbl TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tbl, key)) WITHOUT ROWID;
   CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, key TEXT NOT NULL,
     body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL, delivered REAL,
     UNIQUE (receiver, key));
   CREATE INDEX outbox_pending ON outbox (receiver, id) WHERE delivered IS NULL;
   CREATE TABLE blocks (series TEXT NOT NULL, start REAL NOT NULL, data BLOB NOT NULL,
     PRIMARY KEY (series, start)) WITHOUT ROWID;
   CREATE INDEX blocks_start ON blocks (start);`,
  `CREATE TABLE models (class TEXT NOT NULL, version INTEGER NOT NULL, at REAL NOT NULL, t REAL NOT NULL,
     why TEXT NOT NULL, row_count INTEGER NOT NULL, entities INTEGER NOT NULL, signature TEXT NOT NULL,
     data BLOB NOT NULL, PRIMARY KEY (class, version));`,
  `ALTER TABLE models ADD COLUMN race REAL;
   CREATE TABLE refusals (class TEXT NOT NULL PRIMARY KEY, at REAL NOT NULL, reason TEXT NOT NULL);`,
  `CREATE TABLE audit (number INTEGER PRIMARY KEY, entry TEXT NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL);
   CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL,
     signature TEXT NOT NULL);`,
];

/** The database could not be used: it is held by another process, or made by a newer foreshock. */
export class StoreError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
  }
}

/** An open database and what gives it back. */
export interface OpenDatabase {
  readonly db: Database.Database;
  close(): void;
}

function firstValue(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
}

/** Brings an open database to the schema of this foreshock. Throws a StoreError for one that is newer. */
export function migrate(db: Database.Database): void {
  const version = Number(firstValue(db.prepare('PRAGMA user_version').get()));
  if (version > migrations.length)
    throw new StoreError(
      `the store has schema ${version}, this foreshock knows up to ${migrations.length}: use the newer version`,
    );
  for (let next = version; next < migrations.length; next++)
    db.exec(`BEGIN IMMEDIATE; ${migrations[next]} PRAGMA user_version = ${next + 1}; COMMIT;`);
}

function connect(file: string): Database.Database {
  const db = new Database(file);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
    const checked = firstValue(db.prepare('PRAGMA quick_check').get());
    if (checked !== 'ok') throw new Error(`quick_check: ${String(checked)}`);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Holds an exclusive transaction on a file of its own: the kernel lets go of it when the process dies, however it dies. */
function lock(directory: string): () => void {
  const held = new Database(path.join(directory, 'lock.db'));
  try {
    held.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    held.close();
    throw new StoreError(
      `${directory} is in use by another foreshock: stop it, or give each its own directory`,
      cause,
    );
  }
  return () => {
    held.exec('ROLLBACK');
    held.close();
  };
}

function setAside(file: string): string {
  let name = `${file}.corrupt`;
  for (let n = 2; existsSync(name); n++) name = `${file}.${n}.corrupt`;
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, name + suffix);
  renameSync(file, name);
  return name;
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && /not a database|malformed|quick_check/.test(error.message);
}

function connectOrSetAside(file: string, damaged: (message: string) => void): Database.Database {
  try {
    return connect(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    damaged(`${file} is damaged (${reason}): moved to ${setAside(file)}, starting with an empty store`);
    return connect(file);
  }
}

/** Opens `directory/foreshock.db`, or a database in memory for `:memory:`. Throws a StoreError when it is in use. */
export function openDatabase(directory: string, damaged: (message: string) => void): OpenDatabase {
  if (directory === ':memory:') {
    const db = connect(directory);
    return { db, close: () => void db.close() };
  }
  mkdirSync(directory, { recursive: true });
  const release = lock(directory);
  try {
    const db = connectOrSetAside(path.join(directory, 'foreshock.db'), damaged);
    const close = () => {
      db.close();
      release();
    };
    return { db, close };
  } catch (error) {
    release();
    throw error;
  }
}
