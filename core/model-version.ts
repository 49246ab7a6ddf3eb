/** Why a model was made: the first of its class, a later fit, or an earlier version that a person took back. */
export type ModelReason = 'first fit' | 'refresh' | 'rollback';

/** One fitted model of a class, without its bytes. Times in ms. */
export interface ModelVersion {
  /** `pack/class`. */
  readonly class: string;
  /** Counts from 1 for each class; the largest is the one in use. */
  readonly version: number;
  /** When it was fitted, or taken back. */
  readonly at: number;
  /** Time of the newest batch that it has learned. */
  readonly t: number;
  readonly why: ModelReason;
  /** Rows of history that it was fitted on. */
  readonly rows: number;
  readonly entities: number;
  /** What a class must agree on to use it: signals, step, labels, options. */
  readonly signature: string;
  /** What its detectors together reach in the race, 0 to 1; undefined where none was run. */
  readonly race?: number | undefined;
}

/** A newer model of a class that was not taken. */
export interface ModelRefusal {
  /** `pack/class`. */
  readonly class: string;
  /** When, ms. */
  readonly at: number;
  readonly reason: string;
}

/**
 * The models of all classes, the last three versions each. A version is added after a fit, its bytes are replaced while it
 * learns, and it is read at the next start.
 */
export interface ModelStore {
  /** Oldest first; of one class, or of all. */
  versions(className?: string): readonly ModelVersion[];
  bytes(className: string, version: number): Uint8Array | undefined;
  /** Answers the number of the new version; versions before the last three are dropped. */
  add(version: Omit<ModelVersion, 'version'>, bytes: Uint8Array): number;
  /** Newer bytes of a version that has learned on until `t`; nothing happens when the version is not there any more. */
  replace(version: Pick<ModelVersion, 'class' | 'version' | 't' | 'entities'>, bytes: Uint8Array): void;
  /** Writes down that a model was not taken; the last refusal of a class is kept until a version is added. */
  refuse(refusal: ModelRefusal): void;
  refusals(): readonly ModelRefusal[];
}
