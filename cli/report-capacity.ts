import type { CapacityForecast, ForecastOutcome } from '../core/capacity.ts';
import type { Loaded } from './load.ts';

/** Who knows how resources go on: asked when a report is made. */
export interface CapacityDesk {
  /** The newest forecast of each resource. */
  forecasts(): readonly CapacityForecast[];
  /** How forecasts came out whose time came at or after `since` (ms). */
  outcomes(since: number): readonly ForecastOutcome[];
}

/** What a report knows of resources. */
export interface CapacityKnowledge {
  readonly forecasts: readonly CapacityForecast[];
  readonly outcomes: readonly ForecastOutcome[];
  /** What could not be read, in sentences. */
  readonly missing: readonly string[];
}

/** All that a desk knows; without one it is said that nothing is forecast. */
export function knownBy(desk: CapacityDesk | undefined): CapacityKnowledge {
  if (desk === undefined) {
    const why = 'Resources are not forecast by this foreshock: their part is empty.';
    return { forecasts: [], outcomes: [], missing: [why] };
  }
  return {
    forecasts: desk.forecasts(),
    outcomes: desk.outcomes(Number.NEGATIVE_INFINITY),
    missing: [],
  };
}

/** What can be known now, for a command: without a running foreshock. `say` is told how far it is. */
export async function capacityNow(_loaded: Loaded, _say: (text: string) => void): Promise<CapacityKnowledge> {
  return knownBy(undefined);
}
