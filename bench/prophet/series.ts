import type { z } from 'zod';
import { createRandom } from '../../core/random.ts';
import type { ProphetHistory, ProphetTimes, prophetOptions } from '../../forecasters/prophet-options.ts';
import { effects } from './effects.ts';
import { day, type Recipe, type Shape, start } from './recipe.ts';
import { trends } from './trends.ts';

/** A simulated series, how it is to be fitted, and the times after it that are forecast. */
export interface ProphetCase {
  readonly name: string;
  readonly options: z.input<typeof prophetOptions>;
  readonly history: ProphetHistory;
  readonly ahead: ProphetTimes;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function simulated(recipe: Recipe, seed: number): ProphetCase {
  const random = createRandom(seed);
  const { step = 1, trend, add, share, noise, gap, regressors = {}, conditions = {}, cap, floor } = recipe;
  const steps = (from: number, days: number) =>
    Array.from({ length: Math.round(days / step) }, (_, i) => from + i * step);
  const column = (at: readonly number[], shape: Shape) => Float64Array.from(at, shape);
  const columns = (at: readonly number[], shapes: Readonly<Record<string, Shape>>) =>
    Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, column(at, shape)]));
  const times = (at: readonly number[]): ProphetTimes => ({
    t: Float64Array.from(at, d => Math.round(start + d * day)),
    regressors: columns(at, regressors),
    conditions: columns(at, conditions),
    ...(cap && { cap: column(at, cap) }),
    ...(floor && { floor: column(at, floor) }),
  });
  const past = steps(0, recipe.days);
  const value = (d: number) => trend(d) * (1 + (share?.(d) ?? 0)) + (add?.(d) ?? 0) + noise * normal(random);
  const all = past.map(d => ({ d, y: value(d) })).filter(({ d }) => !gap?.(d));
  const history = { ...times(all.map(({ d }) => d)), y: Float64Array.from(all, ({ y }) => y) };
  const { name, options = {} } = recipe;
  return { name, options, history, ahead: times(steps(recipe.days, recipe.ahead)) };
}

/** The simulated series that ours and the reference implementation are compared on; always the same. */
export function prophetCases(): readonly ProphetCase[] {
  return [...trends, ...effects].map((recipe, i) => simulated(recipe, 100 + i));
}
