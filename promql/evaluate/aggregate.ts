import { fingerprint, type Labels, omit, pick } from '../../core/labels.ts';
import type { AggregateExpr } from '../ast.ts';
import { PromqlError } from '../parse.ts';
import { nanFirst, promQuantile } from './quantile.ts';
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
export function aggregate(
  expr: AggregateExpr,
  elements: readonly Element[],
  param: Float64Array | undefined,
): Element[] {
  const { op, at } = expr;
  const needsParam = op === 'quantile' || selections.includes(op);
  if (needsParam !== (param !== undefined))
    throw new PromqlError(`${op} takes ${needsParam ? 'a' : 'no'} parameter`, at);
  const groups = groupsOf(expr, elements);
  if (selections.includes(op)) return groups.flatMap(group => select(group.members, param!, op === 'topk'));
  const reduce = reductions[op];
  if (reduce === undefined) throw new PromqlError(`the aggregation ${op} is not supported`, at);
  return groups.map(group => reduced(group, reduce, param));
}

interface Group {
  readonly labels: Labels;
  readonly members: Element[];
}

function groupsOf({ without, labels: names }: AggregateExpr, elements: readonly Element[]): Group[] {
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

/** At each instant the `k` largest (or smallest) samples; NaN comes last. */
function select(members: readonly Element[], k: Float64Array, largest: boolean): Element[] {
  const out = members.map(({ labels, v }) => ({ labels, v, on: new Uint8Array(v.length) }));
  for (let i = 0; i < k.length; i++) {
    const present = members.flatMap(({ on }, m) => (on[i] === 1 ? [m] : []));
    const value = (m: number) => members[m]!.v[i]!;
    present.sort((a, b) => {
      if (largest) return nanFirst(value(b), value(a));
      const nan = Number(Number.isNaN(value(a))) - Number(Number.isNaN(value(b)));
      return nan === 0 ? nanFirst(value(a), value(b)) : nan;
    });
    for (const m of present.slice(0, Math.max(0, Math.trunc(k[i]!)))) out[m]!.on[i] = 1;
  }
  return out.filter(({ on }) => on.includes(1));
}
