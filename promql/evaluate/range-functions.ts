import { ExecutionError } from '../parse.ts';
import { promQuantile } from './quantile.ts';
import { extrapolated, instantRate, line } from './rate.ts';
import { stepOfMean, summed } from './summation.ts';
import type { RangeFunction, SampleWindow } from './window.ts';

function fold(w: SampleWindow, initial: number, f: (sum: number, value: number) => number): number {
  let out = initial;
  for (let i = w.from; i < w.to; i++) out = f(out, w.v[i]!);
  return out;
}

function pairs(w: SampleWindow, counts: (before: number, value: number) => boolean): number {
  let out = 0;
  for (let i = w.from + 1; i < w.to; i++) if (counts(w.v[i - 1]!, w.v[i]!)) out++;
  return out;
}

/** Population variance by Welford's recurrence. */
function variance(w: SampleWindow): number {
  let mean = 0;
  let m2 = 0;
  for (let i = w.from; i < w.to; i++) {
    const delta = w.v[i]! - mean;
    mean += delta / (i - w.from + 1);
    m2 += delta * (w.v[i]! - mean);
  }
  return m2 / (w.to - w.from);
}

const sum = ({ v, from, to }: SampleWindow) => summed(v, from, to);

/** The sum over the count, or step by step where the sum is beyond the largest number. */
function mean(w: SampleWindow): number {
  const total = sum(w);
  if (Number.isFinite(total)) return total / (w.to - w.from);
  let out = w.v[w.from]!;
  for (let i = w.from + 1; i < w.to; i++) out = stepOfMean(out, w.v[i]!, i - w.from + 1);
  return out;
}

/** Median of the distances from the median. */
function medianDeviation(w: SampleWindow): number {
  const values = w.v.slice(w.from, w.to);
  const median = promQuantile(0.5, values);
  return promQuantile(
    0.5,
    values.map(value => Math.abs(value - median)),
  );
}

/**
 * Double exponential smoothing (Holt's linear method): s = a x + (1 - a)(s + b), b = c (s - s') + (1 - c) b. Both factors lie
 * between 0 and 1, else an ExecutionError.
 */
function smoothed(w: SampleWindow, [smoothing, trends]: readonly Float64Array[]): number {
  const a = smoothing![w.step]!;
  const c = trends![w.step]!;
  if (!(a > 0 && a < 1))
    throw new ExecutionError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${a.toFixed(6)}`, 0);
  if (!(c > 0 && c < 1))
    throw new ExecutionError(`invalid trend factor. Expected: 0 < tf < 1, got: ${c.toFixed(6)}`, 0);
  let s = w.v[w.from]!;
  let b = w.v[w.from + 1]! - s;
  for (let i = w.from + 1; i < w.to; i++) {
    const before = s;
    // The first trend is the first difference itself.
    s = a * w.v[i]! + (1 - a) * (s + b);
    if (i + 1 < w.to) b = c * (s - before) + (1 - c) * b;
  }
  return s;
}

const changed = (before: number, value: number) =>
  before !== value && !(Number.isNaN(before) && Number.isNaN(value));

/** The functions over a range selector, by name. Parameters are the scalar arguments in order, one value a step. */
export const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: { least: 2, apply: w => extrapolated(w, { counter: true, perSecond: true }) },
  increase: { least: 2, apply: w => extrapolated(w, { counter: true, perSecond: false }) },
  delta: { least: 2, apply: w => extrapolated(w, { counter: false, perSecond: false }) },
  irate: { least: 2, apply: w => instantRate(w, true) },
  idelta: { least: 2, apply: w => instantRate(w, false) },
  deriv: { least: 2, apply: w => line(w, w.t[w.from]!).slope },
  predict_linear: {
    least: 2,
    apply: (w, [seconds]) => {
      const { slope, value } = line(w, w.at);
      return value + slope * seconds![w.step]!;
    },
  },
  sum_over_time: { least: 1, apply: sum },
  avg_over_time: { least: 1, apply: mean },
  min_over_time: {
    least: 1,
    apply: w => fold(w, w.v[w.from]!, (low, value) => (value < low || Number.isNaN(low) ? value : low)),
  },
  max_over_time: {
    least: 1,
    apply: w => fold(w, w.v[w.from]!, (high, value) => (value > high || Number.isNaN(high) ? value : high)),
  },
  count_over_time: { least: 1, apply: w => w.to - w.from },
  present_over_time: { least: 1, apply: () => 1 },
  first_over_time: { least: 1, keepsName: true, apply: w => w.v[w.from]! },
  mad_over_time: { least: 1, apply: medianDeviation },
  double_exponential_smoothing: { least: 2, apply: smoothed },
  last_over_time: { least: 1, keepsName: true, apply: w => w.v[w.to - 1]! },
  stddev_over_time: { least: 1, apply: w => Math.sqrt(variance(w)) },
  stdvar_over_time: { least: 1, apply: variance },
  quantile_over_time: { least: 1, apply: (w, [q]) => promQuantile(q![w.step]!, w.v.slice(w.from, w.to)) },
  changes: { least: 1, apply: w => pairs(w, changed) },
  resets: { least: 1, apply: w => pairs(w, (before, value) => value < before) },
};
