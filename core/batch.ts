import type { Labels } from './labels.ts';
import type { SignalSpec } from './pack.ts';

/** Labels that name one thing: what a detector watches and an incident names. */
export type Entity = Labels;

/**
 * The entities of one pack class at one step. Models are shared by a class, calibration is per entity.
 * `entities` keeps its identity (the same array) until membership changes, so per-entity state is found by row.
 */
export interface EntityClass {
  /** `pack/class`, e.g. `service/service`. */
  readonly name: string;
  readonly signals: readonly SignalSpec[];
  /** Step in ms. */
  readonly step: number;
}

/** One look at one class at time `t` (ms): `values[row * signals + column]`, NaN is missing. */
export interface Batch {
  readonly class: EntityClass;
  readonly t: number;
  readonly entities: readonly Entity[];
  readonly values: Float64Array;
  /** True when the source answered only in part: shown, never learned from. */
  readonly partial: boolean;
}

/** One entity's history on a regular or irregular grid; `columns[k]` belongs to `signals[k]`, NaN is missing. */
export interface Frame {
  readonly entity: Entity;
  readonly signals: readonly string[];
  /** Step in ms. */
  readonly step: number;
  readonly t: Float64Array;
  readonly columns: readonly Float64Array[];
}
