import type { CapacityForecast } from '../core/capacity.ts';

const day = 86_400_000;
/** So much of the end of a history tells how it grows now. */
const recent = 28 * day;
const mostPoints = 60;
/** A forecast is cut off at the limit: near it, it tells no growth. */
const near = 0.995;

/** The median slope of all pairs of points (Sen 1968), in units a day; NaN with fewer than three. */
function medianSlope(t: readonly number[], v: readonly number[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < t.length; i++)
    for (let j = i + 1; j < t.length; j++) slopes.push(((v[j]! - v[i]!) * day) / (t[j]! - t[i]!));
  if (t.length < 3) return Number.NaN;
  slopes.sort((a, b) => a - b);
  return slopes[slopes.length >> 1]!;
}

function recentSlope({ history: { t, v } }: CapacityForecast): number {
  const from = (t.at(-1) ?? 0) - recent;
  const known = Array.from(t.keys()).filter(i => t[i]! >= from && Number.isFinite(v[i]));
  const every = Math.ceil(known.length / mostPoints);
  const some = known.filter((_, k) => k % Math.max(1, every) === 0);
  return medianSlope(
    some.map(i => t[i]!),
    some.map(i => v[i]!),
  );
}

/**
 * How much a resource grows a day, in its unit: by its forecast up to where the limit cuts that off, or by its last four weeks where
 * that is too soon. NaN when neither tells.
 */
export function growthPerDay(resource: CapacityForecast): number {
  const { forecast, limit } = resource;
  const { t, yhat } = forecast;
  const cut = yhat.findIndex(y => y >= near * limit);
  const free = cut < 0 ? t.length : cut;
  if (free >= Math.min(5, t.length) && free >= 2)
    return ((yhat[free - 1]! - yhat[0]!) * day) / (t[free - 1]! - t[0]!);
  return recentSlope(resource);
}
