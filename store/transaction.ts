import type Database from 'libsql';
import type { Store } from '../core/store.ts';

/** Commits all writes of a body or none; a body inside another one is part of that. */
export function createTransaction(db: Database.Database): Store['transaction'] {
  return body => {
    if (db.inTransaction) return body();
    db.exec('BEGIN IMMEDIATE');
    try {
      const made = body();
      db.exec('COMMIT');
      return made;
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}
