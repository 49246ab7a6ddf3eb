import type { Batch } from '../core/batch.ts';
import type { DetectorContext } from '../core/detector.ts';
import type { AbsenceKind, AbsenceWatch } from './absence.ts';
import type { Baseline } from './baseline.ts';
import { movedSignal } from './constancy.ts';

/** What is wrong with a row in words that need no score. */
export interface Finding {
  readonly kind: AbsenceKind | 'moved';
  /** Number of the signal that it is about. */
  readonly signal: number;
  readonly reason: string;
  /** On the scale of the combined score, and calibrated like it: a row that has it often is not abnormal for it. */
  readonly score: number;
}

/** Score of a finding: as of a combined p of one in a million; a move adds up to 4 for its size. */
const findingScore = 6;
/** A quantized or coarse signal does stand still by chance: one in ten thousand. */
const flatScore = 4;

export interface FindingParts {
  readonly context: DetectorContext;
  readonly baseline: Baseline;
  readonly absence: AbsenceWatch;
  /** Whether any row of the batch has a sample. */
  readonly others: 'present' | 'absent';
}

/** The finding of one row of a batch that `absence` has seen; undefined when there is none. */
export function findingOf(batch: Batch, row: number, parts: FindingParts): Finding | undefined {
  const { signals } = parts.context;
  const moved = movedSignal(signals, { values: batch.values, row }, parts.baseline);
  if (moved !== undefined)
    return { kind: 'moved', ...moved, score: findingScore + Math.min(4, Math.log10(moved.excess)) };
  const missing = parts.absence.finding(row, signals, parts.others);
  return missing === undefined
    ? undefined
    : { ...missing, score: missing.kind === 'flat' ? flatScore : findingScore };
}

/** 1 for a row with a history in which no signal ever moved. */
export function isStill({ centre, constant }: Baseline, row: number, width: number): 0 | 1 {
  let known: 0 | 1 = 0;
  for (let cell = row * width; cell < (row + 1) * width; cell++) {
    if (Number.isNaN(centre[cell]!)) continue;
    if (constant[cell] === 0) return 0;
    known = 1;
  }
  return known;
}

/** Score of a row that never moved: 0, for its scores have no scale and only a finding counts; NaN without a sample. */
export function stillScore(batch: Batch, row: number): number {
  const width = batch.class.signals.length;
  for (let cell = row * width; cell < (row + 1) * width; cell++)
    if (!Number.isNaN(batch.values[cell]!)) return 0;
  return Number.NaN;
}
