import { fingerprint, type Labels, omit } from '../../core/labels.ts';
import type { CallExpr } from '../ast.ts';
import { ExecutionError, PromqlError } from '../parse.ts';
import { ranked } from './aggregate.ts';
import { calendarFunctions } from './calendar.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { type Element, type Grid, mapElements, mergeEqual, type Value } from './value.ts';

/** The arguments of a call, each taken as what the function needs; a mismatch is a PromqlError. */
export class Arguments {
  readonly #values: readonly Value[];
  readonly #call: CallExpr;

  constructor(call: CallExpr, values: readonly Value[]) {
    this.#call = call;
    this.#values = values;
  }

  get count(): number {
    return this.#values.length;
  }

  vector(k: number): readonly Element[] {
    const value = this.#values[k];
    if (value?.kind !== 'vector') this.#refuse(k, 'a vector');
    return value.elements;
  }

  scalar(k: number): Float64Array {
    const value = this.#values[k];
    if (value?.kind !== 'scalar') this.#refuse(k, 'a scalar');
    return value.v;
  }

  text(k: number): string {
    const value = this.#values[k];
    if (value?.kind !== 'string') this.#refuse(k, 'a string');
    return value.text;
  }

  #refuse(k: number, wanted: string): never {
    const at = this.#call.args[k]?.at ?? this.#call.at;
    throw new PromqlError(`argument ${k + 1} of ${this.#call.name} must be ${wanted}`, at);
  }
}

/** A function over what its arguments gave. */
export type Apply = (args: Arguments, grid: Grid) => Value;

const nameless = (labels: Labels) => omit(labels, ['__name__']);

function vectorOf(elements: readonly Element[]): Value {
  const merged = mergeEqual(elements, fingerprint, () => {
    throw new ExecutionError('vector cannot contain metrics with the same labelset', 0);
  });
  return { kind: 'vector', elements: merged };
}

function each(f: (value: number) => number): Apply {
  return args => vectorOf(mapElements(args.vector(0), f, nameless));
}

/** As in Go an infinity wins over NaN. */
const larger = (a: number, b: number) =>
  a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(a, b);
const smaller = (a: number, b: number) => -larger(-a, -b);

function bounded(low: number | undefined, high: number | undefined): Apply {
  return args => {
    const floor = low === undefined ? undefined : args.scalar(low);
    const ceiling = high === undefined ? undefined : args.scalar(high);
    const least = (i: number) => floor?.[i] ?? Number.NEGATIVE_INFINITY;
    const most = (i: number) => ceiling?.[i] ?? Number.POSITIVE_INFINITY;
    const clamped = (value: number, i: number) => larger(least(i), smaller(most(i), value));
    const elements = mapElements(args.vector(0), clamped, nameless);
    return vectorOf(
      elements.map(each => ({ ...each, on: each.on.map((on, i) => (least(i) > most(i) ? 0 : on)) })),
    );
  };
}

const round: Apply = args => {
  const to = args.count > 1 ? args.scalar(1) : undefined;
  const rounded = (value: number, i: number) => {
    const inverse = 1 / (to?.[i] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  };
  return vectorOf(mapElements(args.vector(0), rounded, nameless));
};

function scalarOf(args: Arguments, grid: Grid): Value {
  const elements = args.vector(0);
  const v = new Float64Array(grid.count).fill(Number.NaN);
  const there = new Uint32Array(grid.count);
  for (const { v: values, on } of elements)
    for (let i = 0; i < grid.count; i++) if (on[i] === 1) v[i] = ++there[i]! === 1 ? values[i]! : Number.NaN;
  return { kind: 'scalar', v };
}

const constant = (value: (i: number, grid: Grid) => number): Apply => {
  return (_, grid) => ({
    kind: 'scalar',
    v: Float64Array.from({ length: grid.count }, (_, i) => value(i, grid)),
  });
};

/** Of one instant the elements by value; over a range the order is that of the labels anyway. */
function sorted(sign: 1 | -1): Apply {
  return (args, { count }) => {
    const elements = args.vector(0);
    if (count !== 1) return { kind: 'vector', elements };
    return { kind: 'vector', elements: ranked(elements, 0, sign).map(m => elements[m]!) };
  };
}

/** What floats give to the functions of native histograms: nothing. */
const none: Apply = () => ({ kind: 'vector', elements: [] });

const sign = (value: number) => (Number.isNaN(value) ? value : Math.sign(value));

/** The functions over instant vectors and scalars, by name. */
export const functions: Readonly<Record<string, Apply>> = {
  abs: each(Math.abs),
  ceil: each(Math.ceil),
  floor: each(Math.floor),
  exp: each(Math.exp),
  sqrt: each(Math.sqrt),
  ln: each(Math.log),
  log2: each(Math.log2),
  log10: each(Math.log10),
  sgn: each(sign),
  deg: each(value => (value * 180) / Math.PI),
  rad: each(value => (value * Math.PI) / 180),
  sin: each(Math.sin),
  cos: each(Math.cos),
  tan: each(Math.tan),
  asin: each(Math.asin),
  acos: each(Math.acos),
  atan: each(Math.atan),
  sinh: each(Math.sinh),
  cosh: each(Math.cosh),
  tanh: each(Math.tanh),
  asinh: each(Math.asinh),
  acosh: each(Math.acosh),
  atanh: each(Math.atanh),
  histogram_count: none,
  histogram_sum: none,
  histogram_avg: none,
  histogram_stddev: none,
  histogram_stdvar: none,
  histogram_fraction: none,
  ...calendarFunctions,
  round,
  clamp: bounded(1, 2),
  clamp_min: bounded(1, undefined),
  clamp_max: bounded(undefined, 1),
  time: constant((i, grid) => (grid.start + i * grid.step) / 1000),
  pi: constant(() => Math.PI),
  scalar: scalarOf,
  vector: (args, grid) => ({
    kind: 'vector',
    elements: [{ labels: {}, v: args.scalar(0), on: new Uint8Array(grid.count).fill(1) }],
  }),
  sort: sorted(1),
  sort_desc: sorted(-1),
  // Of a selector it is the time of its samples, which the evaluation knows; of anything else the instant.
  timestamp: (args, grid) =>
    vectorOf(mapElements(args.vector(0), (_, i) => (grid.start + i * grid.step) / 1000, nameless)),
  histogram_quantile: args => vectorOf(histogramQuantile(args.scalar(0), args.vector(1))),
  label_replace: args => vectorOf(labelReplace(args)),
  label_join: args => vectorOf(labelJoin(args)),
};
