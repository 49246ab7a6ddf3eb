import type { EntityClass } from './batch.ts';

/** A pack's class with its queries in their final text: `queries[k]` belongs to `class.signals[k]`. */
export interface WatchedClass {
  readonly class: EntityClass;
  readonly entityLabels: readonly string[];
  /** What no sample means. */
  readonly absent: 'missing' | 'zero';
  readonly queries: readonly string[];
}
