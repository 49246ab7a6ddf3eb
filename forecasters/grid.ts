import type { History } from '../core/forecaster.ts';
import { median } from '../core/stats.ts';

/** Rows of a grid for each row that was measured, at most: a hole of years must not fill the memory. */
const sparsest = 50;

/** What was read, in any order, with holes and at uneven times: t in ms, NaN is missing. */
export interface Samples {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** A grid and what had to be done for it, as counts. */
export interface Gridded {
  readonly history: History;
  /** Rows whose timestamp another row has too. */
  readonly duplicates: number;
  /** Rows that stood before an earlier one. */
  readonly unsorted: number;
  /** Steps of the grid without a value. */
  readonly gaps: number;
  /** Rows that do not lie on the grid, by more than a tenth of a step. */
  readonly uneven: number;
}

function byTime({ t, v }: Samples): Samples {
  const order = Uint32Array.from(t, (_, i) => i).sort((a, b) => t[a]! - t[b]!);
  return { t: Float64Array.from(order, i => t[i]!), v: Float64Array.from(order, i => v[i]!) };
}

const day = 86_400_000;
const shortestMonth = 28 * day;
const longestMonth = 31 * day;

/**
 * The usual distance of two rows, a whole number of ms where it is nearly one; months count by their mean. NaN with less
 * than two times.
 */
export function usualStep(t: Float64Array): number {
  const apart = t.subarray(1).map((time, i) => time - t[i]!);
  const step = median(apart.filter(each => each > 0));
  if (step >= shortestMonth && step <= longestMonth) {
    const months = apart.filter(each => each >= shortestMonth && each <= longestMonth);
    return months.reduce((sum, each) => sum + each / months.length, 0);
  }
  return Math.abs(step - Math.round(step)) < 0.01 * step ? Math.round(step) : step;
}

function count(n: number, is: (i: number) => boolean): number {
  let sum = 0;
  for (let i = 0; i < n; i++) if (is(i)) sum++;
  return sum;
}

/**
 * Rows as a regular series that ends with the newest row: the step is the usual distance of two rows, a cell holds the
 * mean of its values. Throws a RangeError when there are less than two times, or when the rows lie too far apart for one
 * grid.
 */
export function toGrid(samples: Samples): Gridded {
  const unsorted = count(samples.t.length - 1, i => samples.t[i + 1]! < samples.t[i]!);
  const { t, v } = unsorted > 0 ? byTime(samples) : samples;
  const step = usualStep(t);
  if (!(step > 0)) throw new RangeError('there are less than two different times, so no step can be told');
  const last = t[t.length - 1]!;
  const cells = Math.round((last - t[0]!) / step) + 1;
  if (cells > sparsest * t.length + 1000)
    throw new RangeError(
      `the rows lie ${step} ms apart but reach over ${cells} such steps: the grid would be nearly empty`,
    );
  const cell = (i: number) => cells - 1 - Math.round((last - t[i]!) / step);
  const sum = new Float64Array(cells);
  const values = new Uint32Array(cells);
  for (let i = 0; i < t.length; i++) {
    if (Number.isNaN(v[i])) continue;
    sum[cell(i)]! += v[i]!;
    values[cell(i)]!++;
  }
  const grid = Float64Array.from({ length: cells }, (_, i) => last - (cells - 1 - i) * step);
  return {
    history: { t: grid, v: sum.map((each, i) => (values[i] ? each / values[i]! : Number.NaN)), step },
    duplicates: count(t.length - 1, i => t[i + 1] === t[i]),
    unsorted,
    gaps: count(cells, i => values[i] === 0),
    uneven: count(t.length, i => Math.abs(t[i]! - grid[cell(i)]!) > 0.1 * step),
  };
}
