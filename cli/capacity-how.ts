import type { CapacityHow } from './capacity-forecast.ts';
import { mostDays } from './capacity-history.ts';
import { knownCalendars } from './capacity-holidays.ts';
import { type CapacityPlan, readPlan } from './capacity-plan.ts';
import { day } from './capacity-reads.ts';

/** What the config says of how resources are forecast. */
export interface CapacityHints {
  /** ms. */
  readonly horizon: number;
  /** Places whose public holidays count. */
  readonly holidays: readonly string[];
  /** CSV of what is planned. */
  readonly plan?: string | undefined;
}

/** A plan that cannot be read is told and left out: the rest is forecast without it. */
function planOf(file: string | undefined, warn: (message: string) => void): CapacityPlan {
  if (file === undefined) return [];
  try {
    return readPlan(file);
  } catch (error) {
    warn(`forecast.plan: ${error instanceof Error ? error.message : error}; it is left out`);
    return [];
  }
}

/** How the forecasts of now are made: calendars and plan as they are today. */
export async function howNow(
  { horizon, holidays, plan }: CapacityHints,
  madeAt: number,
  warn: (message: string) => void,
): Promise<CapacityHow> {
  const span = { from: madeAt - mostDays * day, to: madeAt + horizon };
  const calendars = await knownCalendars(holidays, span, warn);
  return { days: Math.floor(horizon / day), madeAt, calendars, plan: planOf(plan, warn) };
}
