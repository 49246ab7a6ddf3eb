import { median } from '../core/stats.ts';

/** Seasons that a pattern is learned from, the newest. */
const seasons = 8;

/** Deviation of each value from the mean of the season around it (a centred moving average over `m` values). */
function deviations(y: Float64Array, m: number): Float64Array {
  const out = new Float64Array(y.length);
  const last = y.length - m;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += y[i]!;
  let at = 0;
  for (let i = 0; i < y.length; i++) {
    for (const from = Math.max(0, Math.min(i - (m >> 1), last)); at < from; at++) sum += y[at + m]! - y[at]!;
    out[i] = y[i]! - sum / m;
  }
  return out;
}

function variance(x: Float64Array): number {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let sum = 0;
  for (const value of x) sum += (value - mean) ** 2;
  return sum / x.length;
}

/** A repeating pattern: what to add at each phase, and how much of the movement within a season it tells (0 to 1). */
export interface SeasonalPattern {
  /** `offset[h % m]` belongs to the step h (from 0) after the last value; the mean over a season is 0. */
  readonly offset: Float64Array;
  readonly strength: number;
}

/** The median deviation of each phase, without the mean over the season. */
function phaseMedians(deviation: Float64Array, m: number): Float64Array {
  const start = deviation.length % m;
  const offset = Float64Array.from({ length: m }, (_, phase) =>
    median(
      Float64Array.from(
        { length: (deviation.length - start) / m },
        (_, k) => deviation[start + phase + k * m]!,
      ),
    ),
  );
  const mean = offset.reduce((sum, value) => sum + value, 0) / m;
  return offset.map(value => value - mean);
}

/**
 * The additive pattern of the last seasons: the median deviation of each phase from its season's mean, shrunk by its
 * strength 1 - var(rest) / var(deviations), less what as many phases fit of mere noise (Hyndman, Athanasopoulos 2021,
 * 4.3). Undefined when there are less than two seasons.
 */
export function seasonalPattern(y: Float64Array, m: number): SeasonalPattern | undefined {
  if (m < 2 || y.length < 2 * m) return undefined;
  const recent = y.subarray(Math.max(0, y.length - seasons * m));
  const deviation = deviations(recent, m);
  const offset = phaseMedians(deviation, m);
  const start = recent.length % m;
  const rest = deviation.map((value, i) => value - offset[(i - start + m) % m]!);
  const total = variance(deviation);
  const told = total > 0 ? 1 - variance(rest) / total : 0;
  const chance = m / recent.length;
  const strength = Math.max(0, (told - chance) / (1 - chance));
  return { offset: offset.map(value => value * strength), strength };
}

/** The course without its pattern. */
export function withoutPattern(y: Float64Array, { offset }: SeasonalPattern): Float64Array {
  const m = offset.length;
  const start = y.length % m;
  return y.map((value, i) => value - offset[(i - start + m) % m]!);
}

/** A path with the pattern laid over it. */
export function withPattern(path: Float64Array, { offset }: SeasonalPattern): Float64Array {
  return path.map((value, h) => value + offset[h % offset.length]!);
}
