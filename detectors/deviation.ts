import type { SignalSpec } from '../core/pack.ts';

const directions = { high: 1, low: -1, both: 0 } as const;

/** The direction that matters of each signal: 1 high, -1 low, 0 both. */
export function directionsOf(signals: readonly Pick<SignalSpec, 'bad'>[]): Float64Array {
  return Float64Array.from(signals, ({ bad }) => directions[bad]);
}

/** How far a deviation is out in the direction that matters: one that goes the other way counts nothing; -1 for NaN. */
export function outward(deviation: number, sign: number): number {
  if (Number.isNaN(deviation)) return -1;
  return sign === 0 ? Math.abs(deviation) : Math.max(0, sign * deviation);
}

/** The smallest scale of what moves at all: that which hardly moved is not infinitely far out when it does. */
const leastScale = 0.2;

/**
 * What deviations are measured in: the root of their mean square over normal life. What never moved keeps its unit, which
 * is how far it may stray.
 */
export function scaleOf(meanSquare: number): number {
  return meanSquare > 0 ? Math.max(leastScale, Math.sqrt(meanSquare)) : 1;
}

/** Mean of the `top` largest of `out`, negative numbers left out; NaN when none is left. */
export function topMean(out: Float64Array, top: number): number {
  let present = 0;
  for (const d of out) if (d >= 0) present++;
  const take = Math.min(top, present);
  if (take === 0) return Number.NaN;
  let sum = 0;
  let ceiling = Number.POSITIVE_INFINITY;
  for (let i = 0; i < take; ) {
    let best = -1;
    let ties = 0;
    for (const d of out) {
      if (d < ceiling && d > best) {
        best = d;
        ties = 1;
      } else if (d === best) ties++;
    }
    // What is infinitely far out has no mean.
    if (ties === 0) return Number.POSITIVE_INFINITY;
    const count = Math.min(ties, take - i);
    sum += best * count;
    i += count;
    ceiling = best;
  }
  return sum / take;
}

/** Each of `out` as its share of the sum of all, negative numbers as 0; equal shares when all are 0. */
export function sharesOf(out: Float64Array, shares: Float64Array): void {
  let sum = 0;
  for (const d of out) if (d > 0) sum += d;
  for (let k = 0; k < out.length; k++) shares[k] = sum > 0 ? Math.max(0, out[k]!) / sum : 1 / out.length;
}
