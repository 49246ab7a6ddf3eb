import type { z } from 'zod';
import { createRandom } from '../../core/random.ts';
import type { ProphetHistory, ProphetTimes, prophetOptions } from '../../forecasters/prophet-options.ts';

const day = 86_400_000;
const start = Date.UTC(2023, 0, 1);

/** A simulated series, how it is to be fitted, and the times after it that are forecast. */
export interface ProphetCase {
  readonly name: string;
  readonly options: z.input<typeof prophetOptions>;
  readonly history: ProphetHistory;
  readonly ahead: ProphetTimes;
}

type Shape = (days: number) => number;

/** What a series is made of; times in days since its start. */
interface Recipe {
  readonly name: string;
  readonly days: number;
  readonly ahead: number;
  /** Days from one value to the next. */
  readonly step?: number;
  readonly trend: Shape;
  /** Added to the trend. */
  readonly add?: Shape;
  /** Share of the trend. */
  readonly share?: Shape;
  readonly noise: number;
  readonly gap?: (days: number) => boolean;
  readonly regressors?: Readonly<Record<string, Shape>>;
  readonly conditions?: Readonly<Record<string, Shape>>;
  readonly cap?: Shape;
  readonly floor?: Shape;
  readonly options?: z.input<typeof prophetOptions>;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const wave =
  (period: number, size: number, phase = 0): Shape =>
  d =>
    size * Math.sin((2 * Math.PI * (d + phase)) / period);
const sum =
  (...shapes: Shape[]): Shape =>
  d =>
    shapes.reduce((total, shape) => total + shape(d), 0);
/** A line from `base` by `slope` a day that changes its slope on some days. */
const line =
  (base: number, slope: number, changes: readonly (readonly [day: number, change: number])[] = []): Shape =>
  d =>
    changes.reduce((y, [from, change]) => y + change * Math.max(0, d - from), base + slope * d);
const growth =
  (cap: number, rate: number, middle: number): Shape =>
  d =>
    cap / (1 + Math.exp(-rate * (d - middle)));
const weekday = (d: number) => new Date(start + d * day).getUTCDay();
const weekend: Shape = d => (weekday(d) % 6 === 0 ? 1 : 0);
const workday: Shape = d => 1 - weekend(d);
const week: Shape = d => [-30, 10, 14, 12, 9, 5, -20][weekday(d)]!;
const dates = (...days: number[]) => days.map(d => new Date(start + d * day).toISOString().slice(0, 10));
const on =
  (days: readonly number[], effect: number, after = 0): Shape =>
  d =>
    days.some(from => d >= from && d < from + 1 + after) ? effect : 0;

const sales = [80, 160, 240, 320, 400, 480, 560, 640];
const launches = [50, 51, 52, 130, 131, 210, 280, 281, 370];
const traffic: Shape = d => 100 + 30 * Math.sin(d / 9) + 20 * Math.cos(d / 31) + 0.1 * d;

const recipes: readonly Recipe[] = [
  { name: 'a steady line', days: 61, ahead: 30, trend: line(500, 3), noise: 12 },
  { name: 'a line and a week', days: 61, ahead: 30, trend: line(500, 2), add: week, noise: 10 },
  { name: 'ten values', days: 10, ahead: 5, trend: line(40, 1), noise: 1 },
  { name: 'a falling line', days: 120, ahead: 30, trend: line(900, -2.5), add: week, noise: 15 },
  { name: 'one change', days: 200, ahead: 30, trend: line(300, 0.5, [[90, 2]]), add: week, noise: 12 },
  {
    name: 'three changes',
    days: 365,
    ahead: 30,
    trend: line(800, 1, [
      [80, 2],
      [170, -3.5],
      [260, 1.8],
    ]),
    add: week,
    noise: 25,
  },
  { name: 'a change at the end', days: 180, ahead: 30, trend: line(400, 0.4, [[165, 6]]), noise: 8 },
  { name: 'a jump', days: 150, ahead: 30, trend: d => (d < 75 ? 300 : 420), add: week, noise: 8 },
  {
    name: 'two years and a bit',
    days: 800,
    ahead: 60,
    trend: line(1000, 0.8, [[400, -0.5]]),
    add: sum(wave(365.25, 120), week),
    noise: 25,
  },
  {
    name: 'three years',
    days: 1100,
    ahead: 90,
    trend: line(2000, 1.2, [
      [300, 1],
      [700, -1.4],
    ]),
    add: sum(wave(365.25, 200, 40), wave(182.6, 60), week),
    noise: 60,
  },
  {
    name: 'a share of the trend',
    days: 400,
    ahead: 30,
    trend: line(300, 2),
    share: d => week(d) / 100,
    noise: 12,
    options: { seasonMode: 'multiplicative' },
  },
  {
    name: 'a year as a share',
    days: 900,
    ahead: 60,
    trend: line(500, 0.9),
    share: sum(wave(365.25, 0.2), d => week(d) / 150),
    noise: 20,
    options: { seasonMode: 'multiplicative' },
  },
  {
    name: 'a flat level',
    days: 150,
    ahead: 30,
    trend: line(250, 0),
    add: week,
    noise: 10,
    options: { growth: 'flat' },
  },
  {
    name: 'a flat level with a share',
    days: 150,
    ahead: 30,
    trend: line(250, 0),
    share: d => week(d) / 100,
    noise: 10,
    options: { growth: 'flat', seasonMode: 'multiplicative' },
  },
  {
    name: 'growth to a cap',
    days: 300,
    ahead: 60,
    trend: growth(1000, 0.02, 180),
    add: week,
    noise: 12,
    cap: () => 1000,
    options: { growth: 'logistic' },
  },
  {
    name: 'growth half way',
    days: 200,
    ahead: 60,
    trend: growth(1000, 0.02, 200),
    noise: 10,
    cap: () => 1000,
    options: { growth: 'logistic' },
  },
  {
    name: 'growth to a cap that grows',
    days: 300,
    ahead: 60,
    trend: d => growth(1, 0.02, 120)(d) * (800 + d),
    noise: 12,
    cap: d => 800 + d,
    options: { growth: 'logistic' },
  },
  {
    name: 'growth above a floor',
    days: 300,
    ahead: 60,
    trend: d => 200 + growth(700, 0.02, 150)(d),
    add: week,
    noise: 10,
    cap: () => 900,
    floor: () => 200,
    options: { growth: 'logistic' },
  },
  {
    name: 'decline to a floor',
    days: 300,
    ahead: 60,
    trend: d => 200 + growth(700, -0.02, 150)(d),
    noise: 10,
    cap: () => 900,
    floor: () => 200,
    options: { growth: 'logistic' },
  },
  {
    name: 'growth with a share',
    days: 300,
    ahead: 30,
    trend: growth(1000, 0.015, 150),
    share: d => week(d) / 200,
    noise: 10,
    cap: () => 1000,
    options: { growth: 'logistic', seasonMode: 'multiplicative' },
  },
  {
    name: 'sales',
    days: 500,
    ahead: 90,
    trend: line(600, 0.7),
    add: sum(week, on(sales, 150)),
    noise: 15,
    options: { holidays: [{ name: 'sale', dates: dates(...sales) }] },
  },
  {
    name: 'sales with days around',
    days: 500,
    ahead: 90,
    trend: line(600, 0.7),
    add: sum(
      week,
      on(
        sales.map(d => d - 1),
        80,
        3,
      ),
    ),
    noise: 15,
    options: { holidays: [{ name: 'sale', dates: dates(...sales), before: 1, after: 2 }] },
  },
  {
    name: 'sales with a tight prior',
    days: 500,
    ahead: 90,
    trend: line(600, 0.7),
    add: on(sales, 150),
    noise: 15,
    options: { holidays: [{ name: 'sale', dates: dates(...sales), prior: 0.05 }] },
  },
  {
    name: 'sales as a share',
    days: 500,
    ahead: 90,
    trend: line(600, 0.7),
    share: on(sales, 0.2),
    noise: 12,
    options: { holidayMode: 'multiplicative', holidays: [{ name: 'sale', dates: dates(...sales) }] },
  },
  {
    name: 'traffic',
    days: 200,
    ahead: 30,
    trend: line(300, 0.5),
    add: d => 2 * traffic(d),
    noise: 10,
    regressors: { traffic },
  },
  {
    name: 'traffic as a share',
    days: 300,
    ahead: 30,
    trend: line(300, 0.5),
    share: d => traffic(d) / 400,
    noise: 10,
    regressors: { traffic },
    options: { regressors: { traffic: { mode: 'multiplicative' } } },
  },
  {
    name: 'launches',
    days: 400,
    ahead: 30,
    trend: line(300, 0.5),
    add: sum(week, on(launches, 90)),
    noise: 10,
    regressors: { launch: on(launches, 1) },
  },
  {
    name: 'traffic, launches and a tight prior',
    days: 300,
    ahead: 30,
    trend: line(300, 0.5),
    add: sum(d => traffic(d), on(launches, 60)),
    noise: 10,
    regressors: { traffic, launch: on(launches, 1) },
    options: { regressors: { traffic: { prior: 0.05 }, launch: { prior: 0.5, standardize: 'yes' } } },
  },
  {
    name: 'a third of the values lost',
    days: 300,
    ahead: 30,
    trend: line(500, 1),
    add: week,
    noise: 15,
    gap: d => (d * 7919) % 10 < 3,
  },
  {
    name: 'a hole of two months',
    days: 300,
    ahead: 30,
    trend: line(500, 1, [[150, 1]]),
    add: week,
    noise: 15,
    gap: d => d > 100 && d < 160,
  },
  {
    name: 'outliers',
    days: 300,
    ahead: 30,
    trend: line(500, 1),
    add: sum(week, on([40, 111, 222], 600)),
    noise: 12,
  },
  {
    name: 'hours',
    days: 14,
    ahead: 2,
    step: 1 / 24,
    trend: line(50, 0.5),
    add: sum(wave(1, 12), wave(0.5, 4)),
    noise: 2,
  },
  {
    name: 'hours of a month',
    days: 35,
    ahead: 3,
    step: 1 / 24,
    trend: line(200, 1),
    add: sum(wave(1, 30), d => week(Math.floor(d)) / 2),
    noise: 6,
  },
  {
    name: 'hours as a share',
    days: 21,
    ahead: 2,
    step: 1 / 24,
    trend: line(200, 2),
    share: wave(1, 0.2),
    noise: 5,
    options: { seasonMode: 'multiplicative' },
  },
  { name: 'five minutes', days: 4, ahead: 1, step: 5 / 1440, trend: line(70, 1), add: wave(1, 15), noise: 3 },
  {
    name: 'a month of its own',
    days: 400,
    ahead: 60,
    trend: line(400, 0.6),
    add: sum(week, wave(30.5, 40)),
    noise: 12,
    options: { seasons: [{ name: 'monthly', period: 30.5, order: 5 }] },
  },
  {
    name: 'a day on working days only',
    days: 35,
    ahead: 5,
    step: 1 / 24,
    trend: line(200, 1),
    add: d => workday(Math.floor(d)) * wave(1, 30)(d),
    noise: 5,
    conditions: { working: d => workday(Math.floor(d)) },
    options: { daily: 0, seasons: [{ name: 'working_day', period: 1, order: 4, condition: 'working' }] },
  },
  {
    name: 'an added week and a month as a share',
    days: 400,
    ahead: 60,
    trend: line(400, 1),
    add: week,
    share: wave(30.5, 0.1),
    noise: 12,
    options: { seasons: [{ name: 'monthly', period: 30.5, order: 3, mode: 'multiplicative' }] },
  },
  {
    name: 'a nervous trend',
    days: 300,
    ahead: 30,
    trend: line(500, 0, [
      [60, 3],
      [120, -5],
      [180, 4],
    ]),
    noise: 15,
    options: { changepointPrior: 0.5 },
  },
  {
    name: 'a calm trend',
    days: 300,
    ahead: 30,
    trend: line(500, 0, [
      [60, 3],
      [120, -5],
      [180, 4],
    ]),
    noise: 15,
    options: { changepointPrior: 0.005 },
  },
  {
    name: 'changes to the end',
    days: 300,
    ahead: 30,
    trend: line(500, 0.5, [[280, 6]]),
    noise: 10,
    options: { changepointRange: 0.95, changepointCount: 40 },
  },
  {
    name: 'changes on given days',
    days: 300,
    ahead: 30,
    trend: line(500, 0.5, [
      [100, 2],
      [200, -3],
    ]),
    noise: 10,
    options: { changepoints: [start + 100 * day, start + 200 * day] },
  },
  {
    name: 'no change sought',
    days: 200,
    ahead: 30,
    trend: line(500, 1.5),
    add: week,
    noise: 10,
    options: { changepointCount: 0 },
  },
  {
    name: 'far from zero',
    days: 200,
    ahead: 30,
    trend: line(10_000, 1),
    add: week,
    noise: 10,
    options: { scaling: 'minmax' },
  },
  { name: 'below zero', days: 200, ahead: 30, trend: line(-300, -1), add: week, noise: 10 },
  { name: 'through zero', days: 200, ahead: 60, trend: line(-300, 2.2), add: week, noise: 10 },
  { name: 'mostly noise', days: 120, ahead: 30, trend: line(100, 0), noise: 40 },
  { name: 'hardly any noise', days: 200, ahead: 30, trend: line(300, 1.5), add: week, noise: 0.5 },
];

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
  return recipes.map((recipe, i) => simulated(recipe, 100 + i));
}
