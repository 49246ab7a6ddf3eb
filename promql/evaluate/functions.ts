import { fingerprint, type Labels, omit } from '../../core/labels.ts';
import type { CallExpr } from '../ast.ts';
import { PromqlError } from '../parse.ts';
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

type Apply = (args: Arguments, grid: Grid, at: number) => Value;

const nameless = (labels: Labels) => omit(labels, ['__name__']);

function vectorOf(elements: readonly Element[], at: number): Value {
  const merged = mergeEqual(elements, fingerprint, () => {
    throw new PromqlError('the result holds two series of the same labels', at);
  });
  return { kind: 'vector', elements: merged };
}

function each(f: (value: number) => number): Apply {
  return (args, _, at) => vectorOf(mapElements(args.vector(0), f, nameless), at);
}

function bounded(low: number | undefined, high: number | undefined): Apply {
  return (args, _, at) => {
    const floor = low === undefined ? undefined : args.scalar(low);
    const ceiling = high === undefined ? undefined : args.scalar(high);
    const least = (i: number) => floor?.[i] ?? Number.NEGATIVE_INFINITY;
    const most = (i: number) => ceiling?.[i] ?? Number.POSITIVE_INFINITY;
    const clamped = (value: number, i: number) => Math.max(least(i), Math.min(most(i), value));
    return vectorOf(mapElements(args.vector(0), clamped, nameless), at);
  };
}

const round: Apply = (args, _, at) => {
  const to = args.count > 1 ? args.scalar(1) : undefined;
  const rounded = (value: number, i: number) => {
    const inverse = 1 / (to?.[i] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  };
  return vectorOf(mapElements(args.vector(0), rounded, nameless), at);
};

function scalarOf(args: Arguments, grid: Grid): Value {
  const elements = args.vector(0);
  const v = new Float64Array(grid.count).fill(Number.NaN);
  for (let i = 0; i < grid.count; i++) {
    const present = elements.filter(({ on }) => on[i] === 1);
    if (present.length === 1) v[i] = present[0]!.v[i]!;
  }
  return { kind: 'scalar', v };
}

const constant = (value: (i: number, grid: Grid) => number): Apply => {
  return (_, grid) => ({
    kind: 'scalar',
    v: Float64Array.from({ length: grid.count }, (_, i) => value(i, grid)),
  });
};

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
  sgn: each(Math.sign),
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
  sort: args => ({ kind: 'vector', elements: args.vector(0) }),
  sort_desc: args => ({ kind: 'vector', elements: args.vector(0) }),
  histogram_quantile: (args, _, at) => vectorOf(histogramQuantile(args.scalar(0), args.vector(1)), at),
  label_replace: (args, _, at) => vectorOf(labelReplace(args, at), at),
  label_join: (args, _, at) => vectorOf(labelJoin(args), at),
};
