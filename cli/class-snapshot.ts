import { classModelToBytes } from '../detectors/class-bytes.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import { overall } from '../detectors/race.ts';

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

/** A model as it stands after the batch of `t` (ms), fitted on `rows` batches of history. */
export function snapshotOf(model: ClassModel, { t, rows }: Pick<ClassSnapshot, 't' | 'rows'>): ClassSnapshot {
  const { keys, race } = model.parts;
  const reached = race === undefined ? undefined : overall(race.together);
  return { t, rows, entities: keys.length, bytes: classModelToBytes(model), race: reached };
}
