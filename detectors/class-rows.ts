import { createWindow, type MutableWindow, sharedNumbers } from '../core/window.ts';
import type { ClassParts } from './class-parts.ts';
import { type Finding, isStill } from './findings.ts';
import { Withheld } from './withheld.ts';

/** What a class model holds of its rows between two batches, by row of its `keys`. */
export interface ClassRows {
  readonly window: MutableWindow;
  readonly judgement: {
    t: number;
    p: Float64Array;
    news: Float64Array;
    score: Float64Array;
    evidence: Float64Array;
    flagged: Uint8Array;
  };
  /** Scores of each detector. */
  readonly parts: Float64Array[];
  /** Rows all of whose signals never moved. */
  readonly still: Uint8Array;
  /** Those of them that have moved since. */
  readonly moved: Uint8Array;
  readonly findings: Map<number, Finding>;
  readonly withheld: Withheld;
  /** Rows that are known to be gone for good, and why. */
  readonly gone: Map<number, string>;
}

/** Empty rows for the membership of `parts`. */
export function createRows(parts: ClassParts): ClassRows {
  const rows = parts.keys.length;
  const width = parts.context.signals.length;
  const lookback = Math.max(1, ...parts.members.map(member => member.fitted.lookback));
  return {
    window: createWindow(rows, width, lookback, parts.levels),
    judgement: {
      t: Number.NaN,
      p: new Float64Array(rows),
      news: new Float64Array(rows).fill(Number.NaN),
      score: new Float64Array(rows),
      evidence: new Float64Array(rows),
      flagged: new Uint8Array(rows),
    },
    parts: parts.members.map(() => sharedNumbers(rows)),
    still: Uint8Array.from(parts.keys, (_, row) => isStill(parts.baseline, row, width)),
    moved: new Uint8Array(rows),
    findings: new Map(),
    withheld: new Withheld(),
    gone: new Map(),
  };
}

/** Rows of another membership (row i takes over row `from[i]`, -1 starts empty); their window is empty. */
export function remapRows(old: ClassRows, parts: ClassParts, from: Int32Array): ClassRows {
  const next = { ...createRows(parts), withheld: old.withheld.remap(from) };
  from.forEach((was, row) => {
    if (was < 0) return;
    next.moved[row] = old.moved[was]!;
    const reason = old.gone.get(was);
    if (reason !== undefined) next.gone.set(row, reason);
  });
  return next;
}

/** Rows of a copy: as `remapRows`, and the window goes on where theirs stands. */
export function twinRows(old: ClassRows, parts: ClassParts, from: Int32Array): ClassRows {
  const next = remapRows(old, parts, from);
  next.window.take(old.window.state(), from);
  return next;
}
