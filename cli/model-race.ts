import type { ClassHistory } from '../collectors/class-reader.ts';
import type { Frame } from '../core/batch.ts';
import { framesOf } from '../core/frames.ts';
import { fingerprint } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import { type Baseline, emptyBaseline, fitBaseline } from '../detectors/baseline.ts';
import { classModelFromBytes } from '../detectors/class-bytes.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import { rowsIn } from '../detectors/class-parts.ts';
import { heldFrom } from '../detectors/fit.ts';
import { type Comparison, compare } from '../detectors/race.ts';
import { raceCourse } from '../detectors/race-course.ts';
import type { ClassWatch } from './class-watch.ts';

/** Which faults: others than those that gave the new model its weights. */
const otherFaults = 1;

/** The model in use; undefined when its bytes are of another format or other signals. */
function readUsed({ watch, options }: ClassWatch, bytes: Uint8Array): ClassModel | undefined {
  const { signals, step } = watch.class;
  try {
    return classModelFromBytes(bytes, { signals, step, ...options });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the signals of a history are like: the sizes of the faults are neither model's. */
function baselineOfHistory(frames: readonly Frame[], signals: readonly SignalSpec[]): Baseline {
  const baseline = emptyBaseline(frames.length * signals.length);
  frames.forEach((frame, row) => {
    fitBaseline(baseline, row, frame, signals);
  });
  return baseline;
}

/**
 * Lets a class that was just fitted on `history` race with the model in use (its bytes), on the same faults in the part of
 * that history that neither was fitted on. Undefined where one of them is not there, or the history is too short to tell.
 */
export function raceAgainst(
  watch: ClassWatch,
  history: ClassHistory,
  bytes: Uint8Array,
): Comparison | undefined {
  const fresh = watch.model;
  const used = readUsed(watch, bytes);
  if (fresh === undefined || used === undefined) return undefined;
  const frames = framesOf({ batches: history.batches.filter(batch => !batch.partial) });
  const keys = frames.map(frame => fingerprint(frame.entity));
  const runner = ({ parts }: ClassModel) => {
    const rows = rowsIn(parts, keys);
    return { ...parts, rowOf: (frame: number) => rows[frame]! };
  };
  const { signals } = watch.watch.class;
  const seed = watch.options.seed + otherFaults;
  const baseline = baselineOfHistory(frames, signals);
  const members = [...fresh.parts.members, ...used.parts.members];
  const course = raceCourse(
    { frames, cuts: frames.map(heldFrom), baseline, signals, seed },
    members.map(m => m.fitted),
  );
  return compare(course, runner(fresh), runner(used));
}

const figure = (value: number) => value.toFixed(3);

/** Why a model is not taken, in words. */
export function sayWorse({ fresh, used, margin, cases }: Comparison): string {
  return `worse in the race than the model in use: ${figure(fresh)} against ${figure(used)} on the same ${cases} injected faults, noise explains ${figure(margin)}`;
}
