import type { PathMethod } from './path-method.ts';
import { lineSlope } from './theta.ts';

/**
 * The straight line at the upper envelope: the highest value of each part of the last `days`, and the least-squares
 * slope through them, from the highest of the newest part. Seven-day parts would need weeks: a part is a day, at least
 * two values.
 */
function envelopeSlope(days: number): PathMethod['path'] {
  return ({ y, day }, steps) => {
    const window = y.subarray(Math.max(0, y.length - Math.max(days * day, 4)));
    if (window.length < 4) return undefined;
    const part = Math.max(1, day);
    const tops = Float64Array.from({ length: Math.floor(window.length / part) }, (_, k) => {
      const end = window.length - (Math.floor(window.length / part) - 1 - k) * part;
      return window.subarray(end - part, end).reduce((top, value) => Math.max(top, value));
    });
    const slope = tops.length < 2 ? 0 : lineSlope(tops) / part;
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
