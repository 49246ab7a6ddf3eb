import type { Exhaustion, FillDate } from '../core/capacity.ts';

/** When a resource is full, step by step ahead. */
export interface FillChances {
  /** Times of the steps ahead (ms). */
  readonly t: Float64Array;
  /** P(at or beyond the limit) at that step. */
  readonly chance: Float64Array;
}

/** P(full by then): the largest chance so far, as what was full once was full. */
export function byThen(chance: Float64Array): Float64Array {
  let most = 0;
  return chance.map(each => {
    most = Math.max(most, each);
    return most;
  });
}

/** The time at which the chance of being full reaches `share`, between two steps by a straight line; NaN if it does not. */
export function fillQuantile({ t, chance }: FillChances, share: number): number {
  const full = byThen(chance);
  const h = full.findIndex(each => each >= share);
  if (h < 0) return Number.NaN;
  if (h === 0 || full[h] === full[h - 1]) return t[h]!;
  const part = (share - full[h - 1]!) / (full[h]! - full[h - 1]!);
  return t[h - 1]! + part * (t[h]! - t[h - 1]!);
}

/** The dates at which it is full: median, and what holds 80 %. */
export function fillDate(chances: FillChances): FillDate {
  return {
    median: fillQuantile(chances, 0.5),
    earliest: fillQuantile(chances, 0.1),
    latest: fillQuantile(chances, 0.9),
    chance: chances.chance.reduce((most, each) => Math.max(most, each), 0),
  };
}
export type { Exhaustion };
