import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import {
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  type AuditTrail,
  beginning,
  chained,
  entryStatement,
  headStatement,
  readAuditEntry,
  type SealedEntry,
  writeAuditEntry,
} from '../core/audit.ts';
import type { Store } from '../core/store.ts';
import { type AuditKey, digest, openAuditKey } from './audit-key.ts';
import { migrate, StoreError } from './database.ts';
import { createTransaction } from './transaction.ts';

const sealedRow = z.object({ number: z.number(), text: z.string(), hash: z.string(), signature: z.string() });
const headRow = sealedRow.omit({ text: true });
const lastRow = z.object({ number: z.number(), hash: z.string() });

const keyMade = (at: number, id: string): AuditRecord => ({
  at,
  actor: 'foreshock',
  action: 'audit-key-made',
  message: 'a key was made that signs this log from here on',
  details: { public_key_sha256: id },
});

/** Writes entries, each chained to the one before and signed, and the signed end, in one transaction. */
class Trail implements AuditTrail {
  readonly #directory: string;
  readonly #transaction: Store['transaction'];
  readonly #last;
  readonly #insert;
  readonly #setHead;
  readonly #after;
  #key: AuditKey | undefined;

  constructor(db: Database.Database, directory: string, transaction: Store['transaction']) {
    this.#directory = directory;
    this.#transaction = transaction;
    this.#last = db.prepare('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1');
    this.#insert = db.prepare('INSERT INTO audit (number, entry, hash, signature) VALUES (?, ?, ?, ?)');
    this.#setHead = db.prepare('INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?, ?)');
    this.#after = db.prepare(
      'SELECT number, entry AS text, hash, signature FROM audit WHERE number > ? ORDER BY number LIMIT ?',
    );
  }

  append(records: readonly AuditRecord[]): readonly AuditEntry[] {
    if (records.length === 0) return [];
    const { at } = records[0]!;
    const key = this.#key ?? openAuditKey(this.#directory);
    const made = key.fresh && this.#key === undefined ? [keyMade(at, key.id)] : [];
    this.#key = key;
    return this.#transaction(() => this.#write([...made, ...records], key));
  }

  after(number: number, limit: number): readonly AuditEntry[] {
    const rows = this.#after.all(number, limit).map(row => sealedRow.parse(row));
    return rows.map(({ text }) => readAuditEntry(text));
  }

  #write(records: readonly AuditRecord[], key: AuditKey): readonly AuditEntry[] {
    const row = this.#last.get();
    let { number, hash } = row === undefined ? { number: 0, hash: beginning } : lastRow.parse(row);
    const entries: AuditEntry[] = [];
    for (const { at, actor, action, message, details = {} } of records) {
      number++;
      const text = writeAuditEntry({ number, at, actor, action, message, details });
      hash = digest(chained(hash, text));
      this.#insert.run(number, text, hash, key.sign(entryStatement(number, hash)));
      entries.push(readAuditEntry(text));
    }
    this.#setHead.run(number, hash, key.sign(headStatement(number, hash)));
    return entries;
  }
}

/** The audit log in an open database; the key is read, or made, with the first entry. */
export function createAuditTrail(
  db: Database.Database,
  directory: string,
  transaction: Store['transaction'],
): AuditTrail {
  return new Trail(db, directory, transaction);
}

/** The log as it lies on disk, unchecked. */
export interface StoredAudit {
  readonly entries: readonly SealedEntry[];
  readonly head: AuditHead | undefined;
}

const fileOf = (directory: string): string => path.join(directory, 'foreshock.db');

/** Reads the log in `directory`, also while a daemon writes it; undefined when there is none. Throws a StoreError when it cannot be read. */
export function readAudit(directory: string): StoredAudit | undefined {
  const file = fileOf(directory);
  if (!existsSync(file)) return undefined;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true });
    db.exec('PRAGMA busy_timeout = 5000; BEGIN;');
    const table = db.prepare("SELECT name FROM sqlite_master WHERE name = 'audit'").get();
    if (table === undefined) return undefined;
    const rows = db.prepare('SELECT number, entry AS text, hash, signature FROM audit ORDER BY number').all();
    const head = db.prepare('SELECT number, hash, signature FROM audit_head').get();
    return {
      entries: rows.map(row => sealedRow.parse(row)),
      head: head === undefined ? undefined : headRow.parse(head),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`the audit log in ${file} cannot be read: ${reason}`, cause);
  } finally {
    db?.close();
  }
}

/** Appends to the log in `directory` from a command, also while a daemon writes it. Does nothing where no store is. */
export function appendAudit(directory: string, records: readonly AuditRecord[]): void {
  if (!existsSync(fileOf(directory))) return;
  const db = new Database(fileOf(directory));
  try {
    db.exec('PRAGMA busy_timeout = 5000;');
    migrate(db);
    createAuditTrail(db, directory, createTransaction(db)).append(records);
  } finally {
    db.close();
  }
}
