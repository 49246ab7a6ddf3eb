import type { z } from 'zod';
import type { prophetOptions } from '../../forecasters/prophet-options.ts';

export const day = 86_400_000;
export const start = Date.UTC(2023, 0, 1);

export type Shape = (days: number) => number;

/** What a series is made of; times in days since its start. */
export interface Recipe {
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

export const wave =
  (period: number, size: number, phase = 0): Shape =>
  d =>
    size * Math.sin((2 * Math.PI * (d + phase)) / period);
export const sum =
  (...shapes: Shape[]): Shape =>
  d =>
    shapes.reduce((total, shape) => total + shape(d), 0);
/** A line from `base` by `slope` a day that changes its slope on some days. */
export const line =
  (base: number, slope: number, changes: readonly (readonly [day: number, change: number])[] = []): Shape =>
  d =>
    changes.reduce((y, [from, change]) => y + change * Math.max(0, d - from), base + slope * d);
export const growth =
  (cap: number, rate: number, middle: number): Shape =>
  d =>
    cap / (1 + Math.exp(-rate * (d - middle)));
export const weekday = (d: number) => new Date(start + d * day).getUTCDay();
export const weekend: Shape = d => (weekday(d) % 6 === 0 ? 1 : 0);
export const workday: Shape = d => 1 - weekend(d);
export const week: Shape = d => [-30, 10, 14, 12, 9, 5, -20][weekday(d)]!;
export const dates = (...days: number[]) =>
  days.map(d => new Date(start + d * day).toISOString().slice(0, 10));
export const on =
  (days: readonly number[], effect: number, after = 0): Shape =>
  d =>
    days.some(from => d >= from && d < from + 1 + after) ? effect : 0;

export const sales = [80, 160, 240, 320, 400, 480, 560, 640];
export const launches = [50, 51, 52, 130, 131, 210, 280, 281, 370];
export const traffic: Shape = d => 100 + 30 * Math.sin(d / 9) + 20 * Math.cos(d / 31) + 0.1 * d;
