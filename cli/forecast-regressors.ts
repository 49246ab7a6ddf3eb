import type { History, Regressor } from '../core/forecaster.ts';
import { Ensemble } from '../forecasters/ensemble.ts';
import { members } from '../forecasters/forecasters.ts';
import { type CsvFrame, parseMetricsCsv } from './csv.ts';
import { InputError } from './exit.ts';
import { readText } from './files.ts';

/** Regressors beside a history, and what had to be supplied for them, in sentences. */
export interface RegressorInput {
  readonly regressors: readonly Regressor[];
  readonly notes: readonly string[];
}

/** A series over the grid of the history and the steps after it; NaN where the file says nothing. */
function onGrid({ t }: CsvFrame, column: Float64Array, grid: History & { steps: number }): Float64Array {
  const n = grid.t.length;
  const last = grid.t[n - 1]!;
  const sum = new Float64Array(n + grid.steps);
  const values = new Uint32Array(sum.length);
  for (let i = 0; i < t.length; i++) {
    const cell = n - 1 + Math.round((t[i]! - last) / grid.step);
    if (cell < 0 || cell >= sum.length || Number.isNaN(column[i])) continue;
    sum[cell]! += column[i]!;
    values[cell]!++;
  }
  return sum.map((each, i) => (values[i] ? each / values[i]! : Number.NaN));
}

/** The steps after the last known one, as the series itself would go on, and half of their 80 % intervals. */
function continued(v: Float64Array, step: number, steps: number) {
  const t = v.map((_, i) => i * step);
  const fitted = new Ensemble(members, { horizon: steps * step, folds: 8 }).fitAlone({ t, v, step });
  if ('unfit' in fitted) throw new InputError(fitted.unfit);
  const { yhat, intervals } = fitted.forecast(steps, [0.8]);
  return { yhat, spread: intervals[0]!.upper.map((end, h) => end - yhat[h]!) };
}

/** A regressor whose plan covers `known` of the values of the history and the steps after it. */
function completed(name: string, whole: Float64Array, { n, known, step }: Plan): Regressor {
  const past = whole.slice(0, n);
  const future = whole.slice(n);
  const from = Math.max(0, known - n);
  if (from >= future.length) return { name, past, future };
  const { yhat, spread } = continued(whole.slice(0, known), step, whole.length - known);
  const futureSpread = new Float64Array(future.length);
  future.set(yhat.subarray(Math.max(0, n - known)), from);
  futureSpread.set(spread.subarray(Math.max(0, n - known)), from);
  return { name, past, future, futureSpread };
}

interface Plan {
  /** Values of the history. */
  readonly n: number;
  readonly known: number;
  readonly step: number;
}

/**
 * Reads `timestamp,<name>...` beside a history: rows in its time and, as a plan, after it. Steps ahead that the plan does
 * not reach are the regressor's own forecast, and a note says so. Without a file there are none.
 */
export function readRegressors(file: string | undefined, history: History, steps: number): RegressorInput {
  if (file === undefined) return { regressors: [], notes: [] };
  const frame = parseMetricsCsv(readText(file), file);
  const n = history.t.length;
  const notes: string[] = [];
  const regressors = frame.signals.map((name, k) => {
    const whole = onGrid(frame, frame.columns[k]!, { ...history, steps });
    const known = whole.findLastIndex(value => !Number.isNaN(value)) + 1;
    if (whole.subarray(0, n).every(Number.isNaN))
      throw new InputError(`${file}: column "${name}" has no value in the time of the input`);
    if (known <= n)
      notes.push(`regressor ${name} has no values after the history: its own forecast stands in`);
    else if (known < whole.length)
      notes.push(
        `regressor ${name} is planned for ${known - n} of ${steps} steps: its own forecast stands in after`,
      );
    return completed(name, whole, { n, known, step: history.step });
  });
  return { regressors, notes };
}
