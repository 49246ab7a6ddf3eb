import type { Frame } from '../core/batch.ts';
import { createWindow } from '../core/window.ts';
import type { Baseline } from './baseline.ts';
import type { Decisions } from './decision.ts';
import type { Look } from './look.ts';

/** What is known of one row's past: its frame, the same standardized, and the evidence of its last rows. */
export interface RowPast {
  readonly frame: Frame;
  readonly scaled: Frame;
  readonly evidence: Float64Array;
}

/** In history nothing is known to be absent. */
const nothing: ReadonlySet<number> = new Set();

/**
 * Lets the decision of each row live through its history, so that it knows what is usual before the first batch. A history
 * at much coarser steps than the class's own is left out: what is usual from step to step is another thing there.
 */
export function liveThroughPasts(
  decisions: Decisions,
  pasts: readonly RowPast[],
  to: { readonly step: number; readonly baseline: Baseline },
): void {
  const rows = decisions.rows;
  const width = pasts[0]?.frame.columns.length ?? 0;
  const look = {
    values: new Float64Array(rows * width),
    evidence: new Float64Array(rows).fill(Number.NaN),
    p: new Float64Array(rows).fill(1),
    baseline: to.baseline,
    absent: nothing,
  };
  pasts.forEach((past, row) => {
    if (past.frame.step <= 2 * to.step) liveThrough(decisions, row, past, look);
  });
}

function liveThrough(
  decisions: Decisions,
  row: number,
  { frame, scaled, evidence }: RowPast,
  shared: Omit<Look, 't' | 'window'>,
): void {
  const width = frame.columns.length;
  const window = createWindow(1, width, 2);
  const z = new Float64Array(width);
  const batch = {
    class: { name: '', signals: [], step: frame.step },
    entities: [],
    partial: false,
    values: z,
  };
  const only = { at: (_row: number, back: number, signal: number) => window.at(0, back, signal) };
  const first = frame.t.length - evidence.length;
  for (let i = 0; i < frame.t.length; i++) {
    const t = frame.t[i]!;
    for (let k = 0; k < width; k++) {
      z[k] = scaled.columns[k]![i]!;
      shared.values[row * width + k] = frame.columns[k]![i]!;
    }
    if (z.every(Number.isNaN)) continue;
    window.push({ ...batch, t });
    shared.evidence[row] = i < first ? Number.NaN : evidence[i - first]!;
    const look = { ...shared, t, window: only };
    decisions.judge(row, look);
    decisions.learn(row, look);
  }
}
