import type { ForecastOutcome } from '../core/capacity.ts';
import { fingerprint } from '../core/labels.ts';
import type { Comparison, Coverage, TrackRecord } from './model.ts';

const day = 86_400_000;

/** Forecasts of about one age. */
export interface Age {
  readonly ahead: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

export const aWeek: Age = { ahead: 'a week', from: 5 * day, to: 10 * day, at: 7 * day };
export const aMonth: Age = { ahead: 'a month', from: 24 * day, to: 37 * day, at: 30 * day };

/** Who a forecast is of. */
export function keyOf({
  pack,
  resource,
  entity,
}: Pick<ForecastOutcome, 'pack' | 'resource' | 'entity'>): string {
  return JSON.stringify([pack, resource, fingerprint(entity)]);
}

function comparisonOf({ madeAt, ahead, predicted, lower80, upper80, actual }: ForecastOutcome): Comparison {
  const held = actual >= lower80 && actual <= upper80;
  return { madeAt, at: madeAt + ahead, predicted, lower80, upper80, actual, held };
}

const isTold = ({ actual, lower80, upper80, predicted }: ForecastOutcome): boolean =>
  [actual, lower80, upper80, predicted].every(Number.isFinite);

/** By resource the newest outcome of the period whose forecast was nearest to an age. */
export function newestOf(
  outcomes: readonly ForecastOutcome[],
  age: Age,
  period: { readonly from: number; readonly to: number },
): ReadonlyMap<string, Comparison> {
  const found = new Map<string, ForecastOutcome>();
  for (const each of outcomes) {
    const at = each.madeAt + each.ahead;
    if (!isTold(each) || each.ahead < age.from || each.ahead > age.to) continue;
    if (at < period.from || at > period.to) continue;
    const before = found.get(keyOf(each));
    const nearer = (one: ForecastOutcome) => Math.abs(one.ahead - age.at);
    if (
      before === undefined ||
      nearer(each) < nearer(before) ||
      (nearer(each) === nearer(before) && at > before.madeAt + before.ahead)
    )
      found.set(keyOf(each), each);
  }
  return new Map([...found].map(([key, outcome]) => [key, comparisonOf(outcome)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const k = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[k]! : (sorted[k - 1]! + sorted[k]!) / 2;
}

/** How far outside of its interval it came, in widths of the interval. */
function missBy({ lower80, upper80, actual }: Comparison): number {
  const outside = Math.max(lower80 - actual, actual - upper80, 0);
  return outside / Math.max(upper80 - lower80, 1e-9 * Math.abs(actual), Number.MIN_VALUE);
}

const mostMisses = 5;

/** What a set of comparisons comes to; `named` tells resources that the report shows. */
export function trackRecord(
  { ahead }: Age,
  comparisons: ReadonlyMap<string, Comparison>,
  named: ReadonlyMap<string, { readonly name: string; readonly unit: string }>,
): TrackRecord {
  const all = [...comparisons];
  const errors = all
    .filter(([, { actual }]) => actual !== 0)
    .map(([, { actual, predicted }]) => Math.abs((actual - predicted) / actual));
  const misses = all
    .filter(([key, { held }]) => !held && named.has(key))
    .sort(([, a], [, b]) => missBy(b) - missBy(a))
    .slice(0, mostMisses)
    .map(([key, was]) => ({ ...named.get(key)!, was }));
  return {
    ahead,
    count: all.length,
    held: all.filter(([, { held }]) => held).length,
    medianError: errors.length === 0 ? Number.NaN : median(errors),
    misses,
  };
}

/** Over every outcome that is known. */
export function coverageOf(outcomes: readonly ForecastOutcome[]): Coverage {
  const told = outcomes.filter(isTold).map(comparisonOf);
  return { level: 0.8, held: told.filter(({ held }) => held).length, count: told.length };
}
