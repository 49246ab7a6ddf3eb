import { fingerprint, omit } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';
import type { AggregateExpr, CallExpr, Expr, Pin, SelectorExpr, SubqueryExpr } from '../ast.ts';
import { ExecutionError, PromqlError } from '../parse.ts';
import { absent } from './absent.ts';
import { aggregate } from './aggregate.ts';
import { binary } from './binary.ts';
import type { SampleBudget } from './budget.ts';
import { countValues } from './count-values.ts';
import { Arguments, functions } from './functions.ts';
import { rangeFunctions } from './range-functions.ts';
import { instantElement, type Reading, type SeriesIndex } from './select.ts';
import type { Steps } from './steps.ts';
import { type Element, type Grid, mapElements, mergeEqual, type Value } from './value.ts';
import { type Column, overWindows, type RangeFunction, withoutNaN } from './window.ts';

/** What all parts of one query share. Times in ms. */
export interface Sharing {
  readonly index: SeriesIndex;
  readonly reading: Reading;
  readonly budget: SampleBudget;
  /** The ends of the whole query, for `@ start()` and `@ end()`. */
  readonly ends: { readonly start: number; readonly end: number };
  /** Step of a subquery that names none. */
  readonly defaultStep: number;
  /** Series whose samples were counted. */
  readonly counted: Set<Series>;
}

/** What a range function reads: columns, and where the windows lie. */
export interface RangeArgument {
  readonly columns: readonly Column[];
  readonly range: number;
  readonly offset: number;
  readonly pin: number | undefined;
}

/** The time that `@` fixes, ms. */
function resolve(pin: Pin, ends: Sharing['ends']): number | undefined {
  if (pin === 'start') return ends.start;
  return pin === 'end' ? ends.end : pin;
}

const sizeOf = (value: Value) => {
  if (value.kind === 'string') return 0;
  return value.kind === 'scalar' ? value.v.length : value.elements.reduce((n, { v }) => n + v.length, 0);
};

/** A query over one grid: each part of it is evaluated over all instants at once. */
export class Evaluation {
  readonly #shared: Sharing;
  readonly #grid: Grid;

  constructor(shared: Sharing, grid: Grid) {
    this.#shared = shared;
    this.#grid = grid;
  }

  /** What an expression of any type but a range gives; a part's samples count until the whole is made. */
  *value(expr: Expr): Steps<Value> {
    const { budget } = this.#shared;
    const held = budget.held;
    const value = yield* this.#parts(expr);
    yield;
    // What was read from the store stays counted, so only what the parts gave is given back.
    budget.settle(held);
    budget.take(sizeOf(value));
    return value;
  }

  *#parts(expr: Expr): Steps<Value> {
    switch (expr.kind) {
      case 'number':
        this.#shared.budget.take(this.#grid.count);
        return { kind: 'scalar', v: new Float64Array(this.#grid.count).fill(expr.value) };
      case 'string':
        return { kind: 'string', text: expr.text };
      case 'selector':
        return { kind: 'vector', elements: yield* this.#instants(expr, false) };
      case 'negate':
        return this.#negated(yield* this.value(expr.operand));
      case 'binary':
        return binary(expr, yield* this.value(expr.left), yield* this.value(expr.right));
      case 'aggregate':
        return { kind: 'vector', elements: yield* this.#aggregate(expr) };
      case 'call':
        return yield* this.#call(expr);
      default:
        throw new PromqlError('a range needs a function over it, e.g. rate(...)', expr.at);
    }
  }

  *#vector(expr: Expr): Steps<readonly Element[]> {
    const value = yield* this.value(expr);
    return value.kind === 'vector' ? value.elements : [];
  }

  *#scalar(expr: Expr): Steps<Float64Array> {
    const value = yield* this.value(expr);
    return value.kind === 'scalar' ? value.v : new Float64Array(this.#grid.count);
  }

  *#instants(expr: SelectorExpr, times: boolean): Steps<Element[]> {
    const pin = resolve(expr.pin, this.#shared.ends);
    const read = { grid: this.#grid, offset: expr.offset, pin, times };
    const elements: Element[] = [];
    for (const series of this.#shared.index.select(expr.matchers)) {
      this.#count(series);
      const element = instantElement(series, read, this.#shared.reading);
      yield;
      if (element === undefined) continue;
      this.#shared.budget.take(this.#grid.count);
      elements.push(element);
    }
    return elements;
  }

  /** Counts the samples of a series that is read the first time. */
  #count(series: Series): void {
    if (this.#shared.counted.has(series)) return;
    this.#shared.counted.add(series);
    this.#shared.budget.read(series.t.length);
  }

  #negated(value: Value): Value {
    if (value.kind === 'scalar') return { kind: 'scalar', v: value.v.map(v => -v) };
    if (value.kind === 'string') return value;
    const elements = mapElements(
      value.elements,
      v => -v,
      labels => omit(labels, ['__name__']),
    );
    return { kind: 'vector', elements: distinct(elements) };
  }

  *#aggregate(expr: AggregateExpr): Steps<Element[]> {
    const { param } = expr;
    if (param !== undefined && expr.op === 'count_values') {
      const label = yield* this.value(param);
      const elements = yield* this.#vector(expr.expr);
      const text = label.kind === 'string' ? label.text : '';
      return yield* countValues({ expr, label: text }, elements, this.#shared.budget);
    }
    const parameter = param === undefined ? undefined : yield* this.#scalar(param);
    return yield* aggregate(expr, yield* this.#vector(expr.expr), parameter);
  }

  *#call(expr: CallExpr): Steps<Value> {
    const { name, args } = expr;
    const [first] = args;
    if (name === 'absent')
      return { kind: 'vector', elements: absent(first!, yield* this.#vector(first!), this.#grid) };
    if (name === 'absent_over_time') {
      const present = yield* this.#overRange(expr, rangeFunctions.present_over_time!);
      return { kind: 'vector', elements: absent(first!, present, this.#grid) };
    }
    if (name === 'timestamp' && first?.kind === 'selector') {
      const nameless = (yield* this.#instants(first, true)).map(each => ({
        ...each,
        labels: omit(each.labels, ['__name__']),
      }));
      return { kind: 'vector', elements: distinct(nameless) };
    }
    const overRange = rangeFunctions[name];
    if (overRange !== undefined) return { kind: 'vector', elements: yield* this.#overRange(expr, overRange) };
    const apply = functions[name];
    if (apply === undefined) throw new PromqlError(`the function ${name} is not supported`, expr.at);
    const values: Value[] = [];
    for (const arg of args) values.push(yield* this.value(arg));
    return apply(new Arguments(expr, values), this.#grid);
  }

  *#overRange(expr: CallExpr, fn: RangeFunction): Steps<Element[]> {
    const position = expr.args.findIndex(arg => arg.kind === 'matrix' || arg.kind === 'subquery');
    const read = yield* this.range(expr.args[position]!);
    const params: Float64Array[] = [];
    for (const [k, arg] of expr.args.entries()) if (k !== position) params.push(yield* this.#scalar(arg));
    const window = { ...read, grid: this.#grid, dialect: this.#shared.reading.dialect };
    const elements: Element[] = [];
    for (const column of read.columns) {
      this.#shared.budget.take(this.#grid.count);
      const element = yield* overWindows(column, window, { fn, params });
      yield;
      if (element === undefined) continue;
      elements.push(
        fn.keepsName === true ? element : { ...element, labels: omit(element.labels, ['__name__']) },
      );
    }
    return distinct(elements);
  }

  /** The samples of a range selector or a subquery. */
  *range(arg: Expr): Steps<RangeArgument> {
    if (arg.kind === 'subquery') return yield* this.#subquery(arg);
    if (arg.kind !== 'matrix') throw new PromqlError('a range is needed here', arg.at);
    const { selector, range } = arg;
    const columns: Column[] = [];
    for (const series of this.#shared.index.select(selector.matchers)) {
      this.#count(series);
      columns.push(this.#shared.reading.nanEnds ? withoutNaN(series) : series);
      yield;
    }
    return { columns, range, offset: selector.offset, pin: resolve(selector.pin, this.#shared.ends) };
  }

  *#subquery(subquery: SubqueryExpr): Steps<RangeArgument> {
    const { expr, range, offset } = subquery;
    const step = subquery.step ?? this.#shared.defaultStep;
    const pin = resolve(subquery.pin, this.#shared.ends);
    const last = this.#grid.start + Math.max(0, this.#grid.count - 1) * this.#grid.step;
    const open = this.#shared.reading.dialect === 3;
    const after = (pin ?? this.#grid.start) - offset - range;
    const end = (pin ?? last) - offset;
    let from = Math.ceil(after / step) * step;
    if (open && from === after) from += step;
    const grid = { start: from, step, count: Math.max(0, Math.floor((end - from) / step) + 1) };
    this.#shared.budget.take(grid.count);
    const elements = yield* new Evaluation(this.#shared, grid).#vector(expr);
    return { columns: elements.map(element => toColumn(element, grid)), range, offset, pin };
  }
}

/** The samples that an element has. */
export function toColumn({ labels, v, on }: Element, grid: Grid): Column {
  let count = 0;
  for (let i = 0; i < on.length; i++) count += on[i]!;
  const t = new Float64Array(count);
  const values = new Float64Array(count);
  let n = 0;
  for (let i = 0; i < on.length; i++) {
    if (on[i] === 0) continue;
    t[n] = grid.start + i * grid.step;
    values[n++] = v[i]!;
  }
  return { labels, t, v: values };
}

function distinct(elements: readonly Element[]): Element[] {
  return mergeEqual(elements, fingerprint, () => {
    throw new ExecutionError('vector cannot contain metrics with the same labelset', 0);
  });
}
