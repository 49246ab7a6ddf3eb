import { fingerprint, type Labels, omit, pick } from '../../core/labels.ts';
import type { AggregateExpr } from '../ast.ts';
import { nanFirst, promQuantile } from './quantile.ts';
import type { Steps } from './steps.ts';
import { type Element, emptyElement } from './value.ts';

/** The samples of one group at one instant in `values[0..n)`; `q` is the aggregation's parameter there. */
type Reduce = (values: Float64Array, n: number, q: number) => number;

function variance(values: Float64Array, n: number): number {
  let mean = 0;
  let m2 = 0;
  for (let i = 0; i < n; i++) {
    const delta = values[i]! - mean;
    mean += delta / (i + 1);
    m2 += delta * (values[i]! - mean);
  }
  return m2 / n;
}

function extreme(better: (a: number, b: number) => boolean): Reduce {
  return (values, n) => {
    let out = values[0]!;
    for (let i = 1; i < n; i++) if (Number.isNaN(out) || better(values[i]!, out)) out = values[i]!;
    return out;
  };
}

const sum: Reduce = (values, n) => {
  let out = 0;
  for (let i = 0; i < n; i++) out += values[i]!;
  return out;
};

const reductions: Readonly<Record<string, Reduce>> = {
  sum,
  avg: (values, n) => sum(values, n, 0) / n,
  min: extreme((a, b) => a < b),
  max: extreme((a, b) => a > b),
  count: (_, n) => n,
  group: () => 1,
  stddev: (values, n) => Math.sqrt(variance(values, n)),
  stdvar: variance,
  quantile: (values, n, q) => promQuantile(q, values.slice(0, n)),
};

const selections = ['topk', 'bottomk'];

/** One element a group; topk and bottomk keep the elements themselves. `param` is the parameter at each instant. */
export function* aggregate(
  expr: AggregateExpr,
  elements: readonly Element[],
  param: Float64Array | undefined,
): Steps<Element[]> {
  const { op } = expr;
  const out: Element[] = [];
  for (const group of groupsOf(expr, elements)) {
    if (selections.includes(op))
      for (const one of yield* select(group.members, param!, { largest: op === 'topk' })) out.push(one);
    else out.push(reduced(group, reductions[op]!, param));
    yield;
  }
  return out;
}

/** Elements of equal labels in the result. */
export interface Group {
  readonly labels: Labels;
  readonly members: Element[];
}

/** The elements by the labels that an aggregation keeps. */
export function groupsOf({ without, labels: names }: AggregateExpr, elements: readonly Element[]): Group[] {
  const groups = new Map<string, Group>();
  for (const element of elements) {
    const labels = without ? omit(element.labels, [...names, '__name__']) : pick(element.labels, names);
    const key = fingerprint(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, members: [element] });
    else group.members.push(element);
  }
  return [...groups.values()];
}

function reduced({ labels, members }: Group, reduce: Reduce, param: Float64Array | undefined): Element {
  const count = members[0]!.on.length;
  const out = emptyElement(labels, count);
  const values = new Float64Array(members.length);
  for (let i = 0; i < count; i++) {
    let n = 0;
    for (const { v, on } of members) if (on[i] === 1) values[n++] = v[i]!;
    if (n === 0) continue;
    out.v[i] = reduce(values, n, param?.[i] ?? Number.NaN);
    out.on[i] = 1;
  }
  return out;
}

const cellsOfATurn = 500_000;

/** At each instant the `k` largest (or smallest) samples; NaN comes last. Of one instant they are given in that order. */
function* select(
  members: readonly Element[],
  k: Float64Array,
  { largest }: { readonly largest: boolean },
): Steps<Element[]> {
  const out = members.map(({ labels, v }) => ({ labels, v, on: new Uint8Array(v.length) }));
  let chosen: number[] = [];
  let cells = 0;
  for (let i = 0; i < k.length; i++) {
    chosen = ranked(members, i, largest ? -1 : 1).slice(0, Math.max(0, Math.trunc(k[i]!)));
    for (const m of chosen) out[m]!.on[i] = 1;
    cells += members.length;
    if (cells < cellsOfATurn) continue;
    cells = 0;
    yield;
  }
  if (k.length === 1) return chosen.map(m => out[m]!);
  return out.filter(({ on }) => on.includes(1));
}

/** Who has a sample at instant `i`, by value: ascending for `sign` 1, descending for -1. */
export function ranked(members: readonly Element[], i: number, sign: 1 | -1): number[] {
  const present: number[] = [];
  for (const [m, { on }] of members.entries()) if (on[i] === 1) present.push(m);
  const value = (m: number) => members[m]!.v[i]!;
  return present.sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    const nan = Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return nan === 0 ? sign * nanFirst(left, right) : nan;
  });
}
