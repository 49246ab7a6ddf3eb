/** The rows of a file around an onset: what is usual lies before, what is news from `after` to `end`. */
export interface OnsetWindow {
  /** ms. */
  readonly onset: number;
  /** Median distance of two rows, ms. */
  readonly step: number;
  /** Rows [0, before) are the usual life. */
  readonly before: number;
  /** Rows [after, end) are looked at. */
  readonly after: number;
  readonly end: number;
}

/** Fewer usual rows than this say nothing. */
export const fewestUsual = 2;
/** From this many usual rows on, the ones next to the onset are left out. */
const manyUsual = 8;
const reach = { rows: 10, ms: 600_000 };

function stepOf(t: Float64Array): number {
  const steps = new Float64Array(Math.max(0, t.length - 1));
  let n = 0;
  for (let i = 1; i < t.length; i++) if (t[i]! > t[i - 1]!) steps[n++] = t[i]! - t[i - 1]!;
  const sorted = steps.subarray(0, n).sort();
  return sorted[n >> 1] ?? 60_000;
}

/** The first row after the time; the number of rows when there is none. */
function firstAfter(t: Float64Array, time: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (t[mid]! > time) high = mid;
    else low = mid + 1;
  }
  return low;
}

/**
 * Cuts the rows (times in ms, not decreasing) at an onset. A row may be stamped with the start of its interval or the end,
 * and an onset may be wrong by a minute: the row of the interval in which it lies belongs to the news, and of many usual
 * rows the last is left out. Undefined when there is not enough on either side.
 */
export function windowAt(t: Float64Array, onset: number): OnsetWindow | undefined {
  const step = stepOf(t);
  const end = firstAfter(t, onset + Math.max(reach.rows * step, reach.ms));
  const cuts: readonly (readonly [before: number, after: number])[] = [
    [firstAfter(t, onset - 2 * step), firstAfter(t, onset - step)],
    [firstAfter(t, onset - step), firstAfter(t, onset - step)],
    [firstAfter(t, onset), firstAfter(t, onset)],
  ];
  const wanted = [manyUsual, fewestUsual, fewestUsual];
  const cut = cuts.find(([before], k) => before >= wanted[k]!);
  if (cut === undefined || cut[1] >= end) return undefined;
  return { onset, step, before: cut[0], after: cut[1], end };
}
