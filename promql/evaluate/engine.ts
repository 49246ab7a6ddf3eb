import type { Labels } from '../../core/labels.ts';
import type { Expr } from '../ast.ts';
import { parseExpr } from '../build.ts';
import { checkTypes, documentedType } from '../check.ts';
import { SampleBudget } from './budget.ts';
import { Evaluation, type Sharing } from './evaluation.ts';
import { byLabels } from './label-order.ts';
import { type Reach, reachOf } from './reach.ts';
import type { Dialect, SeriesIndex } from './select.ts';
import { type Pace, runSteps, type Steps } from './steps.ts';
import type { Element, Grid, Value } from './value.ts';
import type { Column } from './window.ts';

/** How queries are evaluated. Times in ms. */
export interface EvaluatorOptions {
  /** How old a sample an instant selector may read: one for all, or by metric; the name is empty where it is not known. */
  readonly lookback: number | ((name: string) => number);
  /** Whose reading of windows and extrapolation to follow; 3 when not given. */
  readonly dialect?: Dialect;
  /** Whether a stored NaN ends a series until its next sample instead of being a value. */
  readonly nanEnds?: boolean;
  /** Most samples that a query may hold at once; no limit unless told. */
  readonly maxSamples?: number;
  /** Step of a subquery that names none; a minute, Prometheus' own, unless told. */
  readonly defaultStep?: number;
}

/** A query at one instant (`step` undefined, `end` = `start`) or over a range. */
export interface Question {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number | undefined;
  /** Takes the place of the evaluator's own lookback. */
  readonly lookback?: number | undefined;
  readonly pace?: Pace | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a query gives: a range always elements over its grid, in the order of their labels; an instant what its type says. */
export type Answer =
  | { readonly type: 'range'; readonly grid: Grid; readonly elements: readonly Element[] }
  | { readonly type: 'scalar'; readonly t: number; readonly v: number }
  | { readonly type: 'string'; readonly t: number; readonly text: string }
  | { readonly type: 'vector'; readonly t: number; readonly elements: readonly Element[] }
  | { readonly type: 'matrix'; readonly columns: readonly Column[] };

/** Finds the series that a query reads; their samples may be read from the store when they are first touched. */
export type Load = (reach: Reach) => SeriesIndex;

/** Prometheus refuses a range query of these types without naming a place. */
export class RangeTypeError extends Error {
  constructor(type: string) {
    super(`invalid expression type "${type}" for range query, must be Scalar or instant Vector`);
    this.name = 'RangeTypeError';
  }
}

/**
 * Answers one question. Rejects with a PromqlError for a query that cannot be read, with an ExecutionError (one of them) for one
 * that fails over its samples, with a RangeTypeError, or with the signal's reason.
 */
export async function ask(question: Question, load: Load, options: EvaluatorOptions): Promise<Answer> {
  const { query, start, end, step } = question;
  const expr = parseExpr(query);
  const type = checkTypes(expr);
  if (step !== undefined && (type === 'matrix' || type === 'string'))
    throw new RangeTypeError(documentedType(type));
  const lookback = question.lookback ?? options.lookback;
  const byName = typeof lookback === 'number' ? () => lookback : lookback;
  const count = step === undefined ? 1 : Math.max(0, Math.floor((end - start) / step) + 1);
  const grid = { start, step: step ?? 0, count };
  const budget = new SampleBudget(options.maxSamples ?? Number.POSITIVE_INFINITY);
  budget.take(count);
  const shared: Sharing = {
    index: load(reachOf(expr, { start, end }, byName)),
    reading: {
      lookback: (labels: Labels) => byName(labels.__name__ ?? ''),
      dialect: options.dialect ?? 3,
      nanEnds: options.nanEnds ?? false,
    },
    budget,
    ends: { start, end },
    defaultStep: options.defaultStep ?? 60_000,
    counted: new Set(),
  };
  const evaluation = new Evaluation(shared, grid);
  const steps = step === undefined ? instant(evaluation, expr, shared) : overRange(evaluation, expr, grid);
  return runSteps(steps, question);
}

function* overRange(evaluation: Evaluation, expr: Expr, grid: Grid): Steps<Answer> {
  return { type: 'range', grid, elements: byLabels(elementsOf(yield* evaluation.value(expr), grid)) };
}

/** The elements that have a sample; a scalar is one without labels. */
function elementsOf(value: Value, grid: Grid): readonly Element[] {
  if (value.kind === 'vector') return value.elements.filter(({ on }) => on.includes(1));
  if (value.kind === 'string' || grid.count === 0) return [];
  return [{ labels: {}, v: value.v, on: new Uint8Array(grid.count).fill(1) }];
}

function* instant(evaluation: Evaluation, expr: Expr, { ends, reading }: Sharing): Steps<Answer> {
  const t = ends.start;
  if (expr.kind === 'matrix' || expr.kind === 'subquery') {
    const { columns, range, offset, pin } = yield* evaluation.range(expr);
    const to = (pin ?? t) - offset;
    return { type: 'matrix', columns: windowed(columns, { from: to - range, to, dialect: reading.dialect }) };
  }
  const value = yield* evaluation.value(expr);
  if (value.kind === 'string') return { type: 'string', t, text: value.text };
  if (value.kind === 'scalar') return { type: 'scalar', t, v: value.v[0]! };
  return { type: 'vector', t, elements: value.elements.filter(({ on }) => on[0] === 1) };
}

/** The columns' samples in a window, those that have any. */
function windowed(
  columns: readonly Column[],
  { from, to, dialect }: { readonly from: number; readonly to: number; readonly dialect: Dialect },
): readonly Column[] {
  return columns.flatMap(({ labels, t, v }) => {
    const first = t.findIndex(time => time > from || (dialect === 2 && time === from));
    const last = t.findLastIndex(time => time <= to);
    if (first < 0 || last < first) return [];
    return [{ labels, t: t.subarray(first, last + 1), v: v.subarray(first, last + 1) }];
  });
}
