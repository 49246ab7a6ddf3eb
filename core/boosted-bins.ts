import { sortedFinite } from './stats.ts';

/** Bins of a column: 0 is missing and the lowest values. */
export const binCount = 64;

/** Ascending borders between bins: each value of a column that has few, else quantiles; bin b holds cuts[b - 1] < v <= cuts[b]. */
export function cutsOf(column: Float64Array): Float64Array {
  const sorted = sortedFinite(column);
  const distinct: number[] = [];
  for (const value of sorted) if (value !== distinct.at(-1) && distinct.push(value) > binCount) break;
  if (distinct.length <= binCount) return Float64Array.from(distinct.slice(0, -1));
  const cuts: number[] = [];
  for (let b = 1; b < binCount; b++) {
    const value = sorted[Math.floor((b * sorted.length) / binCount)]!;
    if (value !== cuts.at(-1) && value < sorted.at(-1)!) cuts.push(value);
  }
  return Float64Array.from(cuts);
}

function binOf(value: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bin of each value; a missing one goes with the lowest, as it does in a tree. */
export function binColumn(column: Float64Array, cuts: Float64Array): Uint8Array {
  return Uint8Array.from(column, value => (Number.isNaN(value) ? 0 : binOf(value, cuts)));
}
