/** How a class is watched. */
export interface ClassWatchOptions {
  readonly fpr: number;
  readonly seed: number;
  readonly detectors?: readonly string[];
}
