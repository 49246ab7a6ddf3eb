import type { History } from '../core/forecaster.ts';
import { fillGaps } from './gaps.ts';
import { seasonOf, stepsOfDay } from './season.ts';
import { type SeasonalPattern, seasonalPattern } from './seasonal-pattern.ts';

/** Steps that are forecast one by one, at most; more are forecast in coarser ones. */
const mostSteps = 800;
/** Steps of a day, at most, where the horizon is longer than half a day: a finer season is noise. */
const finest = 24;

/**
 * How many steps make one coarser step, a divisor of the day where days count: hours are enough for what lies days
 * ahead, and the shape inside of them is laid over.
 */
export function coarseness(history: History, steps: number): number {
  const day = stepsOfDay(history.step);
  const wanted = Math.max(steps / mostSteps, steps > day / 2 ? day / finest : 1);
  const k = Math.max(1, Math.min(Math.ceil(wanted), Math.floor(history.v.length / 30)));
  for (let divisor = k; divisor <= Math.min(day, 2 * k); divisor++) if (day % divisor === 0) return divisor;
  return k;
}

/** Means of `k` steps each; the newest ends with the history, what is left over at its start is dropped. */
export function coarsened(y: Float64Array, k: number): Float64Array {
  const start = y.length % k;
  return Float64Array.from({ length: (y.length - start) / k }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += y[start + i * k + j]!;
    return sum / k;
  });
}

/** What repeats from day to day inside of the coarser steps: it is laid over their path. */
export class DayShape {
  readonly #k: number;
  readonly #pattern: SeasonalPattern | undefined;

  /** Learned from the values that are known, without gaps. */
  constructor(y: Float64Array, k: number, season: number) {
    this.#k = k;
    if (k === 1 || season < 2) return;
    const pattern = seasonalPattern(y, season);
    this.#pattern = pattern && { ...pattern, offset: withoutMeans(pattern.offset, k) };
  }

  /** The fine path of `steps` steps under a coarse one. */
  laidOver(coarse: Float64Array, steps: number): Float64Array {
    const offset = this.#pattern?.offset ?? new Float64Array(1);
    return Float64Array.from(
      { length: steps },
      (_, h) => coarse[Math.floor(h / this.#k)]! + offset[h % offset.length]!,
    );
  }
}

/** The offsets without the mean of each group of `k`: that part belongs to the coarser steps. */
function withoutMeans(offset: Float64Array, k: number): Float64Array {
  if (offset.length % k !== 0) return offset;
  const means = coarsened(offset, k);
  return offset.map((value, i) => value - means[Math.floor(i / k)]!);
}

/** A history in coarser steps, and the fine values it was made of. */
export interface Coarse {
  readonly k: number;
  /** Without gaps, from the first value on. */
  readonly fine: Float64Array;
  /** NaN where there was no value. */
  readonly truth: Float64Array;
  readonly fineSeason: number;
  /** Ends of the coarser steps (ms), and their values. */
  readonly t: Float64Array;
  readonly y: Float64Array;
  readonly step: number;
}

export function coarse(history: History, steps: number): Coarse {
  const k = coarseness(history, steps);
  const fineSeason = seasonOf(history.step, history.v.length);
  const filled = fillGaps(history.v, fineSeason);
  const fine = filled.subarray(filled.length % k);
  const truth = history.v.subarray(history.v.length - fine.length);
  const y = coarsened(fine, k);
  const last = history.t[history.t.length - 1]!;
  const step = history.step * k;
  const t = y.map((_, i) => last - (y.length - 1 - i) * step);
  return { k, fine, truth, fineSeason, t, y, step };
}
