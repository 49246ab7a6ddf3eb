import type { WatchState } from '../core/detector.ts';

/** Rows by their state, and why rows are not watched, in words, most frequent first. */
export function countStates(rows: Iterable<{ readonly state: WatchState; readonly reason: string }>): {
  readonly counts: Readonly<Partial<Record<WatchState, number>>>;
  readonly reasons: readonly string[];
} {
  const counts: Partial<Record<WatchState, number>> = {};
  const reasons = new Map<string, number>();
  for (const { state, reason } of rows) {
    counts[state] = (counts[state] ?? 0) + 1;
    if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { counts, reasons: [...reasons].sort((a, b) => b[1] - a[1]).map(([reason]) => reason) };
}
