import { median, quantileSorted, sortedFinite } from '../core/stats.ts';

/** Largest |z| that is told apart: beyond it a deviation is simply "far out". */
export const zLimit = 200;

/** What a row of a class looks like when nothing is wrong: centre and scale of each signal, row-major. */
export interface Baseline {
  readonly centre: Float32Array;
  readonly scale: Float32Array;
}

/**
 * Centre and scale of one signal's normal history: the median, and the largest of interquartile range / 1.349,
 * median absolute deviation x 1.4826, the standard deviation and 1 % of |median|. A signal that never moved is
 * scaled by 5 % of its level (by 1 when the level is 0), so that its first small movement is not infinitely far out.
 */
export function baselineOf(values: ArrayLike<number>): { readonly centre: number; readonly scale: number } {
  const sorted = sortedFinite(values);
  if (sorted.length === 0) return { centre: Number.NaN, scale: Number.NaN };
  const centre = quantileSorted(sorted, 0.5);
  const spread = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.349;
  const mad = 1.4826 * median(sorted.map(v => Math.abs(v - centre)));
  const low = quantileSorted(sorted, 0.001);
  const high = quantileSorted(sorted, 0.999);
  let squares = 0;
  for (const v of sorted) squares += (Math.min(high, Math.max(low, v)) - centre) ** 2;
  const scale = Math.max(spread, mad, Math.sqrt(squares / sorted.length), 0.01 * Math.abs(centre));
  if (high > low && scale > 1e-9) return { centre, scale };
  return { centre, scale: centre === 0 ? 1 : Math.max(1e-9, 0.05 * Math.abs(centre)) };
}

/** z = (value - centre) / scale, cut off at `zLimit`; NaN stays NaN. Writes into `out`, row-major as `values`. */
export function standardize(values: Float64Array, baseline: Baseline, out: Float64Array): void {
  const { centre, scale } = baseline;
  for (let i = 0; i < values.length; i++) {
    const z = (values[i]! - centre[i]!) / scale[i]!;
    out[i] = z > zLimit ? zLimit : Math.max(z, -zLimit);
  }
}
