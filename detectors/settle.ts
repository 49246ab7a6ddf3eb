import type { Batch } from '../core/batch.ts';
import type { DetectorContext } from '../core/detector.ts';
import type { SignalSpec } from '../core/pack.ts';
import type { AbsenceWatch } from './absence.ts';
import type { Baseline } from './baseline.ts';
import { toleranceOf } from './constancy.ts';

/**
 * Running mean and mean absolute deviation (x 1.25) of a row that has no history: what it is scaled by. `seen` counts the
 * batches that the row has learned before this one.
 */
export function settle(
  batch: Batch,
  row: number,
  parts: { readonly baseline: Baseline; readonly seen: Float32Array; readonly context: DetectorContext },
): void {
  const { baseline, seen, context } = parts;
  const width = context.signals.length;
  const n = seen[row]! + 1;
  for (let k = 0; k < width; k++) {
    const cell = row * width + k;
    const value = batch.values[cell]!;
    if (!Number.isFinite(value)) continue;
    const centre = Number.isNaN(baseline.centre[cell]!) ? value : baseline.centre[cell]!;
    const least = Math.max(0.02 * Math.abs(centre), context.signals[k]!.floor / 3, 1e-9);
    const deviation = Math.max(1.25 * Math.abs(value - centre), least);
    const scale = Number.isNaN(baseline.scale[cell]!) ? deviation : baseline.scale[cell]!;
    baseline.centre[cell] = centre + (value - centre) / n;
    baseline.scale[cell] = scale + (deviation - scale) / n;
  }
}

/** Ends the settling of a row: its signals that never moved are constant from here on, scaled by their tolerance. */
export function markConstant(
  row: number,
  parts: {
    readonly baseline: Baseline;
    readonly absence: AbsenceWatch;
    readonly signals: readonly SignalSpec[];
  },
): void {
  const { baseline, absence, signals } = parts;
  signals.forEach((spec, k) => {
    const cell = row * signals.length + k;
    const level = absence.stoodStill(cell);
    if (level === undefined || baseline.constant[cell] === 1) return;
    baseline.constant[cell] = 1;
    baseline.centre[cell] = level;
    baseline.scale[cell] = toleranceOf(level, spec.floor);
  });
}
