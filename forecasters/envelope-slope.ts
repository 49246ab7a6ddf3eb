import type { PathMethod } from './path-method.ts';
import { lineSlope } from './theta.ts';

/** The highest value of each part of `size` values, the newest part ending with the last value. */
function tops(y: Float64Array, size: number): Float64Array {
  const start = y.length % size;
  return Float64Array.from({ length: (y.length - start) / size }, (_, k) => {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < size; i++) top = Math.max(top, y[start + k * size + i]!);
    return top;
  });
}

/**
 * A straight line from the last value with the least-squares slope of the daily highs of the last `days` days (of the
 * values themselves where they lie further apart): what fills, fills at its upper edge.
 */
function envelopeSlope(days: number): PathMethod['path'] {
  return ({ y, day }, steps) => {
    if (y.length < 4 || y.length < 2 * day) return undefined;
    const highs = tops(y.subarray(Math.max(0, y.length - Math.max(days * day, 4))), day);
    const slope = lineSlope(highs) / day;
    const last = y[y.length - 1]!;
    return Float64Array.from({ length: steps }, (_, h) => last + slope * (h + 1));
  };
}

export const slope7: PathMethod = {
  name: 'slope-7d',
  summary: 'The slope of the last 7 days at their upper envelope goes on.',
  path: envelopeSlope(7),
};

export const slope28: PathMethod = {
  name: 'slope-28d',
  summary: 'The slope of the last 28 days at their upper envelope goes on.',
  path: envelopeSlope(28),
};
