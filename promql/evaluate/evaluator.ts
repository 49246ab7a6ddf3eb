import { fingerprint, omit } from '../../core/labels.ts';
import { type RangeQuery, type Series, type SeriesSource, SourceError } from '../../core/series.ts';
import type { CallExpr, Expr, SubqueryExpr } from '../ast.ts';
import { parseExpr } from '../build.ts';
import { PromqlError } from '../parse.ts';
import { absent } from './absent.ts';
import { aggregate } from './aggregate.ts';
import { binary } from './binary.ts';
import { Arguments, functions } from './functions.ts';
import { rangeFunctions } from './range-functions.ts';
import { type Dialect, instantVector, SeriesIndex } from './select.ts';
import { type Element, type Grid, mapElements, mergeEqual, type Value } from './value.ts';
import { overWindows, type RangeFunction } from './window.ts';

/** `lookback` in ms: how old a sample an instant selector may read. */
export interface EvaluatorOptions {
  readonly lookback: number;
  /** Whose reading of windows and extrapolation to follow; 3 when not given. */
  readonly dialect?: Dialect;
}

/**
 * Answers PromQL over samples in memory, as a Prometheus that had scraped them would: each node of the query is
 * evaluated over all instants at once. Rejects with a SourceError that names what it does not know, and its offset.
 */
export function createEvaluator(series: readonly Series[], options: EvaluatorOptions): SeriesSource {
  const index = new SeriesIndex(series);
  return {
    async queryRange({ query, start, end, step, signal }: RangeQuery) {
      signal?.throwIfAborted();
      if (!(step > 0))
        throw new SourceError(`the step must be above 0 ms, got ${step}`, { retryable: false });
      const grid = { start, step, count: Math.max(0, Math.floor((end - start) / step) + 1) };
      try {
        const evaluation = new Evaluation(index, options, grid);
        const elements = asElements(evaluation.value(parseExpr(query)), grid);
        return { series: elements.flatMap(element => toSeries(element, grid)), warnings: [], partial: false };
      } catch (error) {
        if (!(error instanceof PromqlError)) throw error;
        throw new SourceError(`${error.message} (at offset ${error.offset} of \`${query}\`)`, {
          retryable: false,
          cause: error,
        });
      }
    },
  };
}

function asElements(value: Value, grid: Grid): readonly Element[] {
  if (value.kind === 'vector') return value.elements;
  if (value.kind === 'scalar') return [{ labels: {}, v: value.v, on: new Uint8Array(grid.count).fill(1) }];
  throw new PromqlError('a string cannot be asked for over a range', 0);
}

function toSeries({ labels, v, on }: Element, grid: Grid): Series[] {
  const count = on.reduce((sum, here) => sum + here, 0);
  if (count === 0) return [];
  const t = new Float64Array(count);
  const values = new Float64Array(count);
  let n = 0;
  for (let i = 0; i < on.length; i++) {
    if (on[i] === 0) continue;
    t[n] = grid.start + i * grid.step;
    values[n++] = v[i]!;
  }
  return [{ labels, t, v: values }];
}

interface RangeArgument {
  readonly series: readonly Series[];
  readonly range: number;
  readonly offset: number;
}

class Evaluation {
  readonly #index: SeriesIndex;
  readonly #options: EvaluatorOptions;
  readonly #grid: Grid;

  constructor(index: SeriesIndex, options: EvaluatorOptions, grid: Grid) {
    this.#index = index;
    this.#options = options;
    this.#grid = grid;
  }

  get #dialect(): Dialect {
    return this.#options.dialect ?? 3;
  }

  value(expr: Expr): Value {
    switch (expr.kind) {
      case 'number':
        return { kind: 'scalar', v: new Float64Array(this.#grid.count).fill(expr.value) };
      case 'string':
        return { kind: 'string', text: expr.text };
      case 'selector': {
        const read = { grid: this.#grid, lookback: this.#options.lookback, dialect: this.#dialect };
        return { kind: 'vector', elements: instantVector(this.#index.select(expr.matchers), expr, read) };
      }
      case 'negate':
        return this.#negated(expr.operand);
      case 'binary':
        return binary(expr, this.value(expr.left), this.value(expr.right));
      case 'aggregate': {
        const param = expr.param === undefined ? undefined : this.#scalar(expr.param);
        return { kind: 'vector', elements: aggregate(expr, this.#vector(expr.expr), param) };
      }
      case 'call':
        return this.#call(expr);
      default:
        throw new PromqlError('a range needs a function over it, e.g. rate(...)', expr.at);
    }
  }

  #vector(expr: Expr): readonly Element[] {
    const value = this.value(expr);
    if (value.kind !== 'vector') throw new PromqlError('a vector is needed here', expr.at);
    return value.elements;
  }

  #scalar(expr: Expr): Float64Array {
    const value = this.value(expr);
    if (value.kind !== 'scalar') throw new PromqlError('a scalar is needed here', expr.at);
    return value.v;
  }

  #negated(operand: Expr): Value {
    const value = this.value(operand);
    if (value.kind === 'scalar') return { kind: 'scalar', v: value.v.map(v => -v) };
    if (value.kind === 'string') throw new PromqlError('a string has no sign', operand.at);
    const elements = mapElements(
      value.elements,
      v => -v,
      labels => omit(labels, ['__name__']),
    );
    return { kind: 'vector', elements: this.#distinct(elements, operand.at) };
  }

  #distinct(elements: readonly Element[], at: number): Element[] {
    return mergeEqual(elements, fingerprint, () => {
      throw new PromqlError('the result holds two series of the same labels', at);
    });
  }

  #call(expr: CallExpr): Value {
    const { name, args, at } = expr;
    if (name === 'absent')
      return { kind: 'vector', elements: absent(args[0]!, this.#vector(args[0]!), this.#grid) };
    if (name === 'absent_over_time') {
      const present = this.#overRange(expr, rangeFunctions.present_over_time!);
      return { kind: 'vector', elements: absent(args[0]!, present, this.#grid) };
    }
    if (name === 'timestamp') throw new PromqlError('timestamp is not supported', at);
    const overRange = rangeFunctions[name];
    if (overRange !== undefined) return { kind: 'vector', elements: this.#overRange(expr, overRange) };
    const apply = functions[name];
    if (apply === undefined) throw new PromqlError(`the function ${name} is not supported`, at);
    const values = args.map(arg => this.value(arg));
    return apply(new Arguments(expr, values), this.#grid, at);
  }

  #overRange(expr: CallExpr, fn: RangeFunction): Element[] {
    const position = expr.args.findIndex(arg => arg.kind === 'matrix' || arg.kind === 'subquery');
    const read = this.#range(expr.args[position], expr);
    const params = expr.args.filter((_, k) => k !== position).map(arg => this.#scalar(arg));
    const elements: Element[] = [];
    for (const series of read.series) {
      const window = { grid: this.#grid, range: read.range, offset: read.offset, dialect: this.#dialect };
      const element = overWindows(series, window, { fn, params });
      if (element === undefined) continue;
      elements.push(
        fn.keepsName === true ? element : { ...element, labels: omit(element.labels, ['__name__']) },
      );
    }
    return this.#distinct(elements, expr.at);
  }

  #range(arg: Expr | undefined, call: CallExpr): RangeArgument {
    if (arg?.kind === 'matrix') {
      const { selector, range } = arg;
      return { series: this.#index.select(selector.matchers), range, offset: selector.offset };
    }
    if (arg?.kind === 'subquery') return this.#subquery(arg);
    throw new PromqlError(`${call.name} takes a range, e.g. ${call.name}(x[5m])`, call.at);
  }

  #subquery({ expr, range, step, offset }: SubqueryExpr): RangeArgument {
    const { start, count } = this.#grid;
    const first = start - offset - range;
    const end = start + (count - 1) * this.#grid.step - offset;
    const from = Math.ceil(first / step) * step;
    const grid = { start: from, step, count: Math.max(0, Math.floor((end - from) / step) + 1) };
    const inner = new Evaluation(this.#index, this.#options, grid);
    const elements = asElements(inner.value(expr), grid);
    return { series: elements.flatMap(element => toSeries(element, grid)), range, offset };
  }
}
