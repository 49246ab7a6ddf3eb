import { median, quantile } from '../core/stats.ts';

/** A steady rise: the level now, the slope an ms and its standard error, the noise of a sample, and what rises, in words. */
export interface Rise {
  readonly level: number;
  readonly slope: number;
  readonly error: number;
  readonly noise: number;
  readonly of: string;
}

const minute = 60_000;
const hour = 60 * minute;
const short = 45 * minute;
const long = 2 * hour;
/** A drop of so much of the limit within a quarter of an hour ends a tooth. */
const leastDrop = 0.04;
/** Neighbouring samples err alike: the error of a slope is larger than of independent ones. */
const alike = 2.5;
const neighbours = 12;
/** Fewer are no trend. */
const fewestSamples = 6;

/** A line through points by the median of all slopes; `error` of the slope and `noise` around the line are robust. */
export function robustLine(t: Float64Array, v: Float64Array) {
  const slopes: number[] = [];
  for (let i = 0; i < t.length; i++)
    for (let j = i + 1; j < t.length; j++) slopes.push((v[j]! - v[i]!) / (t[j]! - t[i]!));
  const slope = median(slopes);
  const last = t.at(-1)!;
  const level = median(v.map((value, i) => value + slope * (last - t[i]!)));
  const noise = 1.4826 * median(v.map((value, i) => Math.abs(value + slope * (last - t[i]!) - level)));
  const mean = t.reduce((sum, each) => sum + each, 0) / t.length;
  const spread = Math.sqrt(t.reduce((sum, each) => sum + (each - mean) ** 2, 0));
  return { slope, level, noise, error: (alike * noise) / spread };
}

const at = (share: Float64Array, from: number, count: number) =>
  median(share.subarray(Math.max(0, from), from + count).filter(value => !Number.isNaN(value)));

/** The noise of a sample around number `i`: the spread of its neighbours' steps about their usual one. */
function noiseAround(share: Float64Array, i: number): number {
  const near = share.subarray(Math.max(0, i - neighbours), i + neighbours);
  const all = near.slice(1).map((value, k) => value - near[k]!);
  const steps = all.filter(step => !Number.isNaN(step));
  const usual = median(steps);
  return (1.4826 / Math.SQRT2) * median(steps.map(step => Math.abs(step - usual)));
}

/** Where teeth of a saw end: numbers of the last samples before a sudden drop that stays, ascending. */
export function resetsOf(share: Float64Array, step: number): readonly number[] {
  const span = Math.max(1, Math.round((15 * minute) / step));
  const resets: number[] = [];
  for (let i = 1; i < share.length; i++) {
    if (!(share[i - 1]! - share[i]! > leastDrop / 3)) continue;
    const drop = at(share, i - 3, 3) - at(share, i, 3);
    if (!(drop >= Math.max(leastDrop, 6 * noiseAround(share, i)))) continue;
    resets.push(i - 1);
    i += span;
  }
  return resets;
}

interface Points {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** The known samples of the last `span` (ms), none before number `from`; times in ms before the last one. */
function recent(
  share: Float64Array,
  { step, from, span }: { step: number; from: number; span: number },
): Points {
  const first = Math.max(from, share.length - Math.round(span / step) - 1);
  const t: number[] = [];
  const v: number[] = [];
  for (let i = first; i < share.length; i++) {
    if (Number.isNaN(share[i]!)) continue;
    t.push((i - share.length + 1) * step);
    v.push(share[i]!);
  }
  return { t: Float64Array.from(t), v: Float64Array.from(v) };
}

const fewestResets = 3;
/** Teeth are as long as each other within this share; longer ones are looked at one by one. */
const regular = 0.35;
const longestTooth = 4 * hour;

/** The usual length of teeth in samples; undefined for those that are long, uneven, or overdue. */
function toothOf(resets: readonly number[], length: number, step: number): number | undefined {
  if (resets.length < fewestResets) return undefined;
  const sizes = resets.slice(1).map((end, k) => end - resets[k]!);
  const usual = median(sizes);
  const uneven = median(sizes.map(size => Math.abs(size - usual)));
  const overdue = length - 1 - resets.at(-1)! > 2 * usual;
  return uneven > regular * usual || overdue || usual * step > longestTooth ? undefined : Math.round(usual);
}

/** The mean of the last `size` values at each sample; NaN where fewer than half of them are known. */
function trailingMean(values: Float64Array, size: number): Float64Array {
  let sum = 0;
  let known = 0;
  const count = (value: number | undefined, sign: 1 | -1) => {
    if (value === undefined || Number.isNaN(value)) return;
    sum += sign * value;
    known += sign;
  };
  return values.map((value, i) => {
    count(value, 1);
    count(values[i - size], -1);
    return known * 2 >= size && i >= size - 1 ? sum / known : Number.NaN;
  });
}

/** The rise of a regular saw: of its mean over a tooth, at the height of its peaks. */
function risingTeeth(
  share: Float64Array,
  { step, tooth }: { step: number; tooth: number },
): Rise | undefined {
  const mean = trailingMean(share, tooth);
  const half = tooth >> 1;
  const above = share.subarray(0, -half).map((value, i) => value - mean[i + half]!);
  const rise = steady(mean, { step, from: 0, longer: tooth * step });
  if (rise === undefined) return undefined;
  const level = rise.level + rise.slope * half * step + quantile(above, 0.9);
  return { ...rise, level, of: 'peaks' };
}

const lineOf = ({ t, v }: Points) => robustLine(t, v);
const part = ({ t, v }: Points, from: number, to?: number): Points => ({
  t: t.subarray(from, to),
  v: v.subarray(from, to),
});

/**
 * A rise holds that is there over two hours and over the last 45 minutes, each `longer` (ms), or in both halves of the latter:
 * a step up is in neither. Of two such, the slower one counts; of both ways, the faster.
 */
function steady(
  share: Float64Array,
  { step, from, longer }: { step: number; from: number; longer: number },
): Rise | undefined {
  const points = recent(share, { step, from, span: Math.max(short, longer) });
  if (points.t.length < fewestSamples) return undefined;
  const quick = lineOf(points);
  if (quick.slope <= 0) return undefined;
  const slow = lineOf(recent(share, { step, from, span: long + longer }));
  const { level } = quick;
  const noise = Math.min(quick.noise, slow.noise);
  if (slow.slope >= quick.slope) return { slope: quick.slope, error: slow.error, noise, level, of: 'use' };
  const half = points.t.length >> 1;
  const halves = Math.min(lineOf(part(points, 0, half + 1)).slope, lineOf(part(points, half)).slope);
  const sudden = Math.min(quick.slope, halves);
  const slope = Math.max(slow.slope, sudden);
  if (slope <= 0) return undefined;
  return { slope, error: (slow.slope >= sudden ? slow : quick).error, noise, level, of: 'use' };
}

/** What rises steadily up to the end of the last day; undefined when nothing does. A step up, or a rise that has ended, does not. */
export function rising(share: Float64Array, step: number): Rise | undefined {
  const resets = resetsOf(share, step);
  const tooth = toothOf(resets, share.length, step);
  if (tooth !== undefined) return risingTeeth(share, { step, tooth });
  return steady(share, { step, from: (resets.at(-1) ?? -2) + 2, longer: 0 });
}
