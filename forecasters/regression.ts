import type { Regressor } from '../core/forecaster.ts';
import { fillGaps } from './gaps.ts';
import { solveCholesky } from './prophet-normal.ts';
import { lineSlope } from './theta.ts';

/** How much one unit of a regressor adds to the series. */
export interface Effect {
  readonly name: string;
  readonly coefficient: number;
}

/** Penalties on standardised coefficients that are tried, as shares of the number of rows. */
const penalties: readonly number[] = [1e-4, 1e-3, 1e-2, 0.1, 1];
const rounds = 3;
/** Rows for each coefficient, at least. */
const leastRows = 5;

/** Values without what the value before foretells: what is left of an error that remembers (Cochrane, Orcutt 1949). */
function innovations(x: Float64Array, memory: number): Float64Array {
  return x.subarray(1).map((value, i) => value - memory * x[i]!);
}

/** Values without their straight line: what two series share by merely both growing tells nothing. */
function detrended(x: Float64Array): Float64Array {
  const mean = x.reduce((sum, value) => sum + value / x.length, 0);
  const middle = (x.length - 1) / 2;
  const slope = lineSlope(x);
  return x.map((value, i) => value - mean - slope * (i - middle));
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Ridge coefficients of columns around 0, each penalised by its own size (Hoerl, Kennard 1970). */
function ridge(columns: readonly Float64Array[], y: Float64Array, penalty: number): Float64Array {
  const p = columns.length;
  const A = Float64Array.from({ length: p * p }, (_, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    return dot(columns[i]!, columns[j]!) * (i === j ? 1 + penalty : 1);
  });
  return solveCholesky(
    A,
    Float64Array.from(columns, column => dot(column, y)),
  );
}

function residuals(columns: readonly Float64Array[], y: Float64Array, beta: Float64Array): Float64Array {
  return y.map((value, i) => columns.reduce((left, column, k) => left - beta[k]! * column[i]!, value));
}

/** The penalty whose coefficients, learned on the first two thirds, leave least of the last third. */
function bestPenalty(columns: readonly Float64Array[], y: Float64Array): number {
  const cut = Math.floor((2 * y.length) / 3);
  const early = columns.map(column => column.subarray(0, cut));
  const late = columns.map(column => column.subarray(cut));
  let best = penalties[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const penalty of penalties) {
    const beta = ridge(early, y.subarray(0, cut), penalty);
    const left = residuals(late, y.subarray(cut), beta);
    const size = dot(left, left);
    if (size < least) [best, least] = [penalty, size];
  }
  return best;
}

/** Lag-one correlation of what the coefficients leave, between 0 and 1. */
function memoryOf(left: Float64Array): number {
  const x = detrended(left);
  const size = dot(x, x);
  return size > 0 ? Math.min(1, Math.max(0, dot(x.subarray(1), x.subarray(0, -1)) / size)) : 0;
}

/**
 * How regressors move a series: ridge regression of y on them, all without their straight lines and with an error that
 * remembers, so that two series which merely both grow do not pass for cause and effect. Gaps are bridged. Undefined when there are too few rows, or when no
 * regressor ever moved.
 */
export function regress(v: Float64Array, regressors: readonly Regressor[]): readonly Effect[] | undefined {
  const first = v.findIndex(value => !Number.isNaN(value));
  const y = fillGaps(v, 1);
  const moving = regressors
    .map(({ name, past }) => ({ name, x: fillGaps(past, 1) }))
    .map(({ name, x }) => ({ name, x: padded(x, v.length).subarray(Math.max(0, first)) }))
    .filter(({ x }) => x.some(value => value !== x[0]));
  if (moving.length === 0 || y.length < leastRows * (moving.length + 1)) return undefined;
  const columns = moving.map(({ x }) => x);
  let memory = 0;
  let beta = new Float64Array(columns.length);
  for (let round = 0; round < rounds; round++) {
    const steps = columns.map(column => detrended(innovations(column, memory)));
    const target = detrended(innovations(y, memory));
    beta = Float64Array.from(ridge(steps, target, bestPenalty(steps, target)));
    memory = memoryOf(residuals(columns, y, beta));
  }
  return moving.map(({ name }, k) => ({ name, coefficient: beta[k]! }));
}

/** Values of which the first ones are missing, with the first known one in their place. */
function padded(x: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length).fill(x[0] ?? 0);
  out.set(x, length - x.length);
  return out;
}

/** What the regressors add at each step, of their past or of their future. */
export function addedBy(
  effects: readonly Effect[],
  regressors: readonly Regressor[],
  part: 'past' | 'future',
): Float64Array {
  const length = regressors[0]?.[part].length ?? 0;
  const sum = new Float64Array(length);
  for (const { name, coefficient } of effects) {
    const x = regressors.find(each => each.name === name)?.[part];
    if (x === undefined) continue;
    const whole = padded(fillGaps(x, 1), length);
    for (let i = 0; i < length; i++) sum[i]! += coefficient * whole[i]!;
  }
  return sum;
}
