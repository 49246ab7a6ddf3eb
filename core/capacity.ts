import type { Forecast, History } from './forecaster.ts';
import type { Labels } from './labels.ts';

/** Dates at which something is full, in ms: the median and an interval that holds 80 %; NaN is "not before the horizon". */
export interface FillDate {
  readonly median: number;
  readonly earliest: number;
  readonly latest: number;
  /** P(full within the horizon). */
  readonly chance: number;
}

/** When a resource is full: a date, over already, not within the horizon, or cannot tell, with the reason in a sentence. */
export type Exhaustion =
  | { readonly state: 'fills'; readonly date: FillDate; readonly reason: string }
  | { readonly state: 'over' | 'clear' | 'unknown'; readonly reason: string };

/** What moved a forecast and by how much, in the resource's unit over the horizon, largest first. */
export interface GrowthCause {
  readonly name: string;
  readonly amount: number;
}

/** One resource of one entity as it is forecast: what packs declare under `capacity`. */
export interface CapacityForecast {
  readonly pack: string;
  readonly resource: string;
  readonly entity: Labels;
  readonly unit: string;
  readonly history: History;
  readonly forecast: Forecast;
  /** In the unit of the resource; NaN is none known. */
  readonly limit: number;
  readonly exhaustion: Exhaustion;
  readonly causes: readonly GrowthCause[];
  /** Made at (ms). */
  readonly madeAt: number;
  /** Methods that entered it, with their weights. */
  readonly methods: readonly { readonly name: string; readonly weight: number }[];
}

/** How an earlier forecast came out. */
export interface ForecastOutcome {
  readonly pack: string;
  readonly resource: string;
  readonly entity: Labels;
  readonly madeAt: number;
  /** ms the forecast looked ahead. */
  readonly ahead: number;
  readonly predicted: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly actual: number;
}
