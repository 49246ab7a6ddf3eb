/** A fitted class as it is stored, or handed over by whoever fitted it. */
export interface ClassSnapshot {
  /** Time of the newest batch that it has learned, ms. */
  readonly t: number;
  /** Batches of history that it was fitted on. */
  readonly rows: number;
  readonly entities: number;
  /** What its detectors together reach in the race, 0 to 1; undefined where none was run. */
  readonly race?: number | undefined;
  readonly bytes: Uint8Array;
}
