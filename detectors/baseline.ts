import type { Frame } from '../core/batch.ts';
import type { SignalSpec } from '../core/pack.ts';
import { median, quantileSorted, sortedFinite } from '../core/stats.ts';

/** Largest |z| that is told apart: beyond it a deviation is simply "far out". */
export const zLimit = 200;

/** What a row of a class looks like when nothing is wrong: centre and scale of each signal, row-major. */
export interface Baseline {
  readonly centre: Float32Array;
  readonly scale: Float32Array;
  /** 1 where the signal never moved in its history. */
  readonly constant: Uint8Array;
}

/** A baseline of `cells` of which nothing is known. */
export function emptyBaseline(cells: number): Baseline {
  return {
    centre: new Float32Array(cells).fill(Number.NaN),
    scale: new Float32Array(cells).fill(Number.NaN),
    constant: new Uint8Array(cells),
  };
}

/** Learns what the signals of a row look like from its history; `signals` tell their floors. */
export function fitBaseline(
  baseline: Baseline,
  row: number,
  { columns }: Pick<Frame, 'columns'>,
  signals: readonly Pick<SignalSpec, 'floor'>[],
): void {
  columns.forEach((column, k) => {
    const cell = row * columns.length + k;
    const { centre, scale, constant } = baselineOf(column, signals[k]?.floor);
    baseline.centre[cell] = centre;
    baseline.scale[cell] = scale;
    baseline.constant[cell] = constant;
  });
}

/** The same baseline for another membership: row i takes over row `from[i]`, -1 starts empty. */
export function remapBaseline(old: Baseline, from: Int32Array, width: number): Baseline {
  const next = emptyBaseline(from.length * width);
  from.forEach((was, row) => {
    if (was < 0) return;
    const cells = [was * width, (was + 1) * width] as const;
    next.centre.set(old.centre.subarray(...cells), row * width);
    next.scale.set(old.scale.subarray(...cells), row * width);
    next.constant.set(old.constant.subarray(...cells), row * width);
  });
  return next;
}

/**
 * Centre and scale of one signal's normal history: the median, and the largest of interquartile range / 1.349,
 * median absolute deviation x 1.4826, the standard deviation, 1 % of |median| and a third of `floor` (the smallest
 * deviation worth a page, in the signal's unit: it is three scales out at least). A signal that never moved is
 * scaled by its floor, else by 5 % of its level (by 1 when the level is 0), so that noise on it is not infinitely far out.
 */
export function baselineOf(
  values: ArrayLike<number>,
  floor = 0,
): { readonly centre: number; readonly scale: number; readonly constant: 0 | 1 } {
  const sorted = sortedFinite(values);
  if (sorted.length === 0) return { centre: Number.NaN, scale: Number.NaN, constant: 0 };
  const centre = quantileSorted(sorted, 0.5);
  const spread = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.349;
  const mad = 1.4826 * median(sorted.map(v => Math.abs(v - centre)));
  const low = quantileSorted(sorted, 0.001);
  const high = quantileSorted(sorted, 0.999);
  let squares = 0;
  for (const v of sorted) squares += (Math.min(high, Math.max(low, v)) - centre) ** 2;
  const scale = Math.max(spread, mad, Math.sqrt(squares / sorted.length), 0.01 * Math.abs(centre), floor / 3);
  if (high > low && scale > 1e-9) return { centre, scale, constant: 0 };
  const still = centre === 0 ? 1 : Math.max(1e-9, 0.05 * Math.abs(centre));
  return { centre, scale: floor > 0 ? floor : still, constant: 1 };
}

/** z = (value - centre) / scale, cut off at `zLimit`; NaN stays NaN. Writes into `out`, row-major as `values`. */
export function standardize(values: Float64Array, baseline: Baseline, out: Float64Array): void {
  const { centre, scale } = baseline;
  for (let i = 0; i < values.length; i++) {
    const z = (values[i]! - centre[i]!) / scale[i]!;
    out[i] = z > zLimit ? zLimit : Math.max(z, -zLimit);
  }
}

/** The history of one row in units of its baseline, cut off at `zLimit`. */
export function standardizedFrame(frame: Frame, baseline: Baseline, row: number): Frame {
  const width = frame.columns.length;
  const columns = frame.columns.map((column, k) => {
    const centre = baseline.centre[row * width + k]!;
    const scale = baseline.scale[row * width + k]!;
    return column.map(v => Math.max(-zLimit, Math.min(zLimit, (v - centre) / scale)));
  });
  return { ...frame, columns };
}
