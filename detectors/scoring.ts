import type { FittedDetector } from '../core/detector.ts';
import type { WindowState } from '../core/window.ts';
import type { Member } from './class-parts.ts';
import { detectors } from './index.ts';

/** What is left to do of a batch that a class model has begun: each detector scores all rows, wherever that is. */
export interface Scoring {
  readonly members: readonly Member[];
  /** In shared memory, as `out` is. */
  readonly window: WindowState;
  /** Scores of each detector, to be written. */
  readonly out: readonly Float64Array[];
}

/** Reads the bytes of a fitted detector; throws a RangeError when there is no detector of that name. */
export function detectorFromBytes(name: string, bytes: Uint8Array): FittedDetector {
  const component = detectors.find(each => each.name === name);
  if (component === undefined) throw new RangeError(`there is no detector "${name}"`);
  return component.fromBytes(bytes);
}
