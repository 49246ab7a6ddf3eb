import { z } from 'zod';
import type { Store } from '../core/store.ts';
import type { WidthFactors } from './capacity-calibration.ts';
import { type CapacityEntry, entryKey, readEntry, writeEntry } from './capacity-entry.ts';

const stateSchema = z.object({
  fleet: z.tuple([z.number(), z.number()]),
  /** By resource the last day that was read, ms. */
  done: z.record(z.string(), z.number()),
});

/** What is kept of all resources together. */
export interface CapacityState {
  readonly fleet: WidthFactors;
  readonly done: Readonly<Record<string, number>>;
}

/** The entries in memory and on disk: read at the start, written when they change. */
export interface CapacityBook {
  all(): readonly CapacityEntry[];
  readonly size: number;
  get(key: string): CapacityEntry | undefined;
  /** On disk when it returns, all or none. */
  put(entries: readonly CapacityEntry[]): void;
  drop(keys: readonly string[]): void;
  state: CapacityState;
  /** Writes the state. */
  keep(): void;
}

/** The book of a store; what another version wrote or what is damaged is told, and read from the sources anew. */
export function openCapacityBook(store: Store, damaged: (message: string) => void): CapacityBook {
  const table = store.values('capacity');
  const states = store.values('capacity-state');
  const entries = new Map<string, CapacityEntry>();
  const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
  let lost = '';
  for (const [key, bytes] of table.entries()) {
    try {
      entries.set(key, readEntry(bytes));
    } catch (error) {
      lost = `${key}: ${messageOf(error)}`;
      table.delete(key);
    }
  }
  let state: CapacityState = { fleet: [1, 1], done: {} };
  const stored = states.get('desk');
  try {
    if (stored !== undefined) state = stateSchema.parse(JSON.parse(new TextDecoder().decode(stored)));
  } catch (error) {
    lost = messageOf(error);
  }
  if (lost !== '') {
    damaged(`capacity: what was stored cannot be read, it is read from the sources anew (${lost})`);
    state = { ...state, done: {} };
  }
  return {
    all: () => [...entries.values()],
    get size() {
      return entries.size;
    },
    get: key => entries.get(key),
    put(changed) {
      store.transaction(() => {
        for (const entry of changed) table.set(entryKey(entry.history), writeEntry(entry));
      });
      for (const entry of changed) entries.set(entryKey(entry.history), entry);
    },
    drop(keys) {
      store.transaction(() => {
        for (const key of keys) table.delete(key);
      });
      for (const key of keys) entries.delete(key);
    },
    get state() {
      return state;
    },
    set state(next) {
      state = next;
    },
    keep: () => states.set('desk', new TextEncoder().encode(JSON.stringify(state))),
  };
}
