import type { Window } from '../core/window.ts';
import type { Baseline } from './baseline.ts';

/** One batch as the decision sees it, all by row. */
export interface Look {
  readonly t: number;
  /** Standardized values. */
  readonly window: Pick<Window, 'at'>;
  /** The values as they are, row-major, and the scales of the signals. */
  readonly values: Float64Array;
  readonly baseline: Baseline;
  /** Evidence of the ensemble, and its p-value on the row's recent scale. */
  readonly evidence: Float64Array;
  readonly p: Float64Array;
  /** Rows that have lost a signal, or one that stands still: values alone do not tell. */
  readonly absent: { has(row: number): boolean };
}
