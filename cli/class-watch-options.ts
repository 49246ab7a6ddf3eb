import type { NetworkMaker } from '../core/network.ts';

/** How a class is watched. */
export interface ClassWatchOptions {
  readonly fpr: number;
  readonly seed: number;
  readonly detectors?: readonly string[];
  /** Options of detectors by name. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What computes neural networks; the built-in kernels unless given. */
  readonly network?: NetworkMaker;
}
