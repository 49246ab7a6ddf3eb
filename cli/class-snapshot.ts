/** A fitted class as it is stored, or handed over by whoever fitted it. */
export interface ClassSnapshot {
  /** Time of the newest batch that it has learned, ms. */
  readonly t: number;
  /** Batches of history that it was fitted on. */
  readonly rows: number;
  readonly entities: number;
  readonly bytes: Uint8Array;
}
