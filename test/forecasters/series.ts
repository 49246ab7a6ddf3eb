import type { History } from '../../core/forecaster.ts';
import { createRandom } from '../../core/random.ts';
import type { Course } from '../../forecasters/path-method.ts';

export const day = 86_400_000;
const monday = Date.UTC(2024, 0, 1);

/** A daily history that begins on a Monday. */
export function daily(values: ArrayLike<number>): History {
  const v = Float64Array.from(values);
  return { t: v.map((_, i) => monday + i * day), v, step: day };
}

/** The same for methods that know no clock. */
export function course(values: ArrayLike<number>, season = 7): Course {
  const { t, v } = daily(values);
  return { t, y: v, season, day: 1 };
}

/** `length` values, made from the index and a repeatable noise between -1 and 1. */
export function made(length: number, value: (i: number, noise: number) => number, seed = 1): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length }, (_, i) => value(i, 2 * random() - 1));
}

/** Five busy days and two quiet ones. */
export const week = (i: number) => (i % 7 < 5 ? 10 : 2);
