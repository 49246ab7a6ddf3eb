/** Complete trees of one depth, one after another: inner nodes by heap index, then the path length of each leaf. */
export interface PaddedTrees {
  readonly trees: number;
  readonly depth: number;
  /** Features of a row. */
  readonly width: number;
  /** c(subsample): the mean path length that normalizes. */
  readonly normal: number;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly path: Float64Array;
}
