import type { Regressor } from '../core/forecaster.ts';
import { continuedRegressor } from './capacity-causes.ts';
import { type CapacityHistory, lastDay } from './capacity-history.ts';
import { day } from './capacity-reads.ts';
import { parseMetricsCsv } from './csv.ts';
import { readText } from './files.ts';

/** One column of the plan: what holds from each time (ms, ascending) on. */
export interface PlannedColumn {
  readonly name: string;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** What is planned for all resources. */
export type CapacityPlan = readonly PlannedColumn[];

/** Reads `timestamp,<name>...`. An InputError says what is wrong with the file. */
export function readPlan(file: string): CapacityPlan {
  const { t, signals, columns } = parseMetricsCsv(readText(file), file);
  return signals.map((name, k) => {
    const known = [...t.keys()].filter(i => !Number.isNaN(columns[k]![i]!));
    return {
      name,
      t: Float64Array.from(known, i => t[i]!),
      v: Float64Array.from(known, i => columns[k]![i]!),
    };
  });
}

/** What holds on the days that end at `ends` (ms); `before` where nothing is planned yet. */
function heldOn({ t, v }: PlannedColumn, ends: Float64Array, before: number): Float64Array {
  return ends.map(end => {
    const i = t.findLastIndex(time => time < end);
    return i < 0 ? before : v[i]!;
  });
}

const isSteady = (x: Float64Array) => x.every(value => value === x[0]);

/** A signal of the resource's class, whose future the plan multiplies. */
function multiplied(known: CapacityHistory, column: PlannedColumn, ahead: Float64Array): Regressor[] {
  const past = known.regressors[column.name]!;
  const factor = heldOn(column, ahead, 1);
  if (factor.every(value => value === 1)) return [];
  const goesOn = continuedRegressor(known, column.name, ahead);
  return goesOn === undefined
    ? []
    : [{ name: column.name, past, future: goesOn.map((value, h) => value * factor[h]!) }];
}

/**
 * What the plan says of a resource over the next days. A column with the name of one of its regressors is a factor on what that
 * would be; any other counts what is there, such as launches, and is 0 before its first row. Empty for a resource without
 * regressors, and for columns that change nothing ahead and never did.
 */
export function plannedRegressors(
  known: CapacityHistory,
  plan: CapacityPlan,
  days: number,
): readonly Regressor[] {
  if (Object.keys(known.regressors).length === 0) return [];
  const past = known.used.map((_, i) => known.from + i * day);
  const ahead = Float64Array.from({ length: days }, (_, h) => lastDay(known) + (h + 1) * day);
  return plan.flatMap((column): Regressor[] => {
    if (known.regressors[column.name] !== undefined) return multiplied(known, column, ahead);
    const own = { name: column.name, past: heldOn(column, past, 0), future: heldOn(column, ahead, 0) };
    return isSteady(own.past) ? [] : [own];
  });
}
