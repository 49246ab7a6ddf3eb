import type { FillDate } from '../core/capacity.ts';
import type { Forecast, History, Interval } from '../core/forecaster.ts';
import type { Calendar } from '../core/say-day.ts';
import type { Box } from './frame.ts';

/** A series, how it goes on, and where it ends; sizes in the picture's own units. */
export interface ForecastFan {
  readonly title: string;
  readonly unit: string;
  readonly history: History;
  readonly forecast: Forecast;
  /** NaN is none known. */
  readonly limit: number;
  readonly fill: FillDate | undefined;
  /** What it is at its limit, `expires` of a certificate; `is full` unless given. */
  readonly ends?: 'is full' | 'expires';
  /** When the forecast was made, ms. */
  readonly madeAt: number;
  readonly calendar: Calendar;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
}

/** From a value or a time to its place. */
export type Scale = (value: number) => number;
export type Point = readonly [x: number, y: number];

/** Where things stand in a picture. */
export interface Scales {
  readonly x: Scale;
  readonly y: Scale;
  readonly box: Box;
}

/** The largest finite value; -Infinity without any. */
export function largest(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > most && values[i]! < Infinity) most = values[i]!;
  return most;
}

/** The smallest finite value; Infinity without any. */
export function smallest(values: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++)
    if (values[i]! < least && values[i]! > Number.NEGATIVE_INFINITY) least = values[i]!;
  return least;
}

/** The widest interval first. */
export const byLevel = ({ intervals }: Forecast): readonly Interval[] =>
  [...intervals].sort((a, b) => b.level - a.level);
