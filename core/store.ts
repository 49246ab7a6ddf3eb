import type { AuditTrail } from './audit.ts';
import type { ModelStore } from './model-version.ts';

/** A durable map of small values: one table a purpose. Writes are on disk when the call returns. */
export interface KeyValues {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
  entries(): readonly (readonly [key: string, value: Uint8Array])[];
  /** Without the values, which may be large. */
  keys(): readonly string[];
}

/** One queued notification of one receiver, in order of `id`. */
export interface OutboxEntry {
  readonly id: number;
  readonly receiver: string;
  readonly key: string;
  readonly body: string;
  readonly attempts: number;
}

/**
 * What is to be sent, before it is sent. `enqueue` ignores a key that the receiver was given already, so a pass that
 * is run again after a crash doubles nothing.
 */
export interface Outbox {
  enqueue(receiver: string, key: string, body: string, at: number): boolean;
  pending(receiver: string, limit: number): readonly OutboxEntry[];
  delivered(ids: readonly number[], at: number): void;
  failed(ids: readonly number[]): void;
}

/** One stored result: a column block of a series of ours (score, p_value) between two times in ms. */
export interface ResultStore {
  append(series: string, t: Float64Array, v: Float64Array): void;
  read(series: string, start: number, end: number): { readonly t: Float64Array; readonly v: Float64Array };
  /** The series that are there; of a `range` (ms) those with a block in it, which may begin two hours earlier. */
  names(range?: { readonly start: number; readonly end: number }): readonly string[];
}

/** What survives a restart. Made once, closed at the end; `transaction` commits all of its writes or none. */
export interface Store {
  values(table: string): KeyValues;
  readonly outbox: Outbox;
  readonly results: ResultStore;
  readonly models: ModelStore;
  /** Every decision and action; it never expires. */
  readonly audit: AuditTrail;
  transaction<T>(body: () => T): T;
  /** Removes results and delivered notifications older than `before` (ms). */
  expire(before: number): void;
  close(): void;
}
