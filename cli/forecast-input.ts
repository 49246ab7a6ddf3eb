import { parseDuration } from '../core/duration.ts';
import type { History } from '../core/forecaster.ts';
import { toGrid } from '../forecasters/grid.ts';
import { parseMetricsCsv } from './csv.ts';
import { InputError } from './exit.ts';
import { readText } from './files.ts';
import { formatTimestamp } from './timestamp.ts';

/** A history as it is forecast, and what had to be done to the file for it, in sentences. */
export interface ForecastInput {
  readonly history: History;
  readonly notes: readonly string[];
}

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

/** Reads `timestamp,value`; `now` (ms) is what lies in the future. An InputError for what cannot be forecast. */
export function readHistory(file: string, now: number): ForecastInput {
  const { t, signals, columns, infinite } = parseMetricsCsv(readText(file), file);
  if (signals.length > 1)
    throw new InputError(
      `${file}:1: there are ${signals.length} columns beside timestamp (${signals.slice(0, 3).join(', ')} ...); forecast reads one, others belong into --regressors`,
    );
  const v = columns[0]!;
  if (!v.some(value => !Number.isNaN(value)))
    throw new InputError(`${file}: there is no row with a value; at least 2 rows are needed`);
  const { history, duplicates, gaps, uneven } = gridOf({ t, v }, file);
  const late = t.filter(time => time > now).length;
  const told: readonly (string | false)[] = [
    duplicates > 0 && `${many(duplicates, 'row shares', 'rows share')} a timestamp: their mean was taken`,
    gaps > 0 && `${many(gaps, 'step has', 'steps have')} no value: the gaps were bridged`,
    uneven > 0 &&
      `${many(uneven, 'row lies', 'rows lie')} off the grid of equal steps: they were moved onto it`,
    infinite > 0 && `${many(infinite, 'infinite value was', 'infinite values were')} read as missing`,
    late > 0 &&
      `${many(late, 'row lies', 'rows lie')} after now (${formatTimestamp(now)}): they were taken as they are`,
  ];
  return { history, notes: told.filter(note => note !== false) };
}

function gridOf(samples: { t: Float64Array; v: Float64Array }, file: string) {
  try {
    return toGrid(samples);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Steps ahead that may be asked for, at most. */
const mostSteps = 200_000;

/** `--horizon` in steps of the history. */
export function stepsOf(horizon: string, step: number): number {
  let ms: number;
  try {
    ms = parseDuration(horizon);
  } catch {
    throw new InputError(`--horizon ${horizon}: must be a duration, like 30d or 12h`);
  }
  const steps = Math.round(ms / step);
  if (steps < 1)
    throw new InputError(`--horizon ${horizon}: is shorter than a step of the input, ${step / 1000} s`);
  if (steps > mostSteps)
    throw new InputError(
      `--horizon ${horizon}: is ${steps} steps of ${step / 1000} s; at most ${mostSteps} are forecast`,
    );
  return steps;
}

/** `--levels`: shares between 0 and 1, each once. */
export function parseLevels(text: string): readonly number[] {
  const levels = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)));
  if (levels.some(level => !(level > 0 && level < 1)))
    throw new InputError(`--levels ${text}: must be shares between 0 and 1, like 0.8,0.95`);
  return [...new Set(levels)];
}

/** A number that a flag holds. */
export function parseNumber(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InputError(`${flag} ${text}: must be a number`);
  return value;
}
