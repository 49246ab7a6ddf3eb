import type { SampleWindow } from './window.ts';

/**
 * Change over a window, extrapolated to its ends as in Prometheus (promql/functions.go, extrapolatedRate): up to half
 * an average gap beyond the first and last sample when the end of the window is more than 1.1 gaps away, and, for a
 * counter, not before it would have been zero. Prometheus 2 and 3 apply the last two in a different order.
 */
export function extrapolated(w: SampleWindow, how: { counter: boolean; perSecond: boolean }): number {
  const { t, v, from, to } = w;
  const first = v[from]!;
  let change = v[to - 1]! - first;
  if (how.counter) for (let i = from + 1; i < to; i++) if (v[i]! < v[i - 1]!) change += v[i - 1]!;
  const sampled = (t[to - 1]! - t[from]!) / 1000;
  const gap = sampled / (to - 1 - from);
  const threshold = gap * 1.1;
  const zero =
    how.counter && change > 0 && first >= 0 ? sampled * (first / change) : Number.POSITIVE_INFINITY;
  let before = (t[from]! - w.start) / 1000;
  if (w.dialect === 2) before = capped(Math.min(before, zero), threshold, gap);
  else before = Math.min(capped(before, threshold, gap), zero);
  const after = capped((w.end - t[to - 1]!) / 1000, threshold, gap);
  const factor = (sampled + before + after) / sampled;
  return change * (how.perSecond ? factor / ((w.end - w.start) / 1000) : factor);
}

function capped(toEnd: number, threshold: number, gap: number): number {
  return toEnd >= threshold ? gap / 2 : toEnd;
}

/** Rate between the last two samples; a counter that fell began anew at zero. */
export function instantRate(w: SampleWindow, counter: boolean): number {
  const { t, v, to } = w;
  const last = v[to - 1]!;
  const before = v[to - 2]!;
  const change = counter && last < before ? last : last - before;
  return counter ? change / ((t[to - 1]! - t[to - 2]!) / 1000) : change;
}

/** Slope per second, and value at `origin` (ms), of the least squares line through the samples. */
export function line(w: SampleWindow, origin: number): { slope: number; value: number } {
  const { t, v, from, to } = w;
  const n = to - from;
  let constant = true;
  let sumX = 0;
  let sumY = 0;
  let sumXY = 0;
  let sumX2 = 0;
  for (let i = from; i < to; i++) {
    const x = (t[i]! - origin) / 1000;
    const y = v[i]!;
    if (y !== v[from]) constant = false;
    sumX += x;
    sumY += y;
    sumXY += x * y;
    sumX2 += x * x;
  }
  if (constant) return { slope: Number.isFinite(v[from]) ? 0 : Number.NaN, value: v[from]! };
  const slope = (sumXY - (sumX * sumY) / n) / (sumX2 - (sumX * sumX) / n);
  return { slope, value: sumY / n - slope * (sumX / n) };
}
