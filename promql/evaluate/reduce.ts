import type { AggregateExpr } from '../ast.ts';
import { promQuantile } from './quantile.ts';
import type { Steps } from './steps.ts';
import { stepOfMean } from './summation.ts';
import type { Element } from './value.ts';

/** What the samples of a group give so far, at each instant: `n` of them were there. */
interface Tally {
  readonly n: Uint32Array;
  readonly v: Float64Array;
  /** Sum of squares around the mean `v`. */
  readonly m2: Float64Array;
}

/** One way to reduce a group to a value at each instant: an element is taken after the other, over all instants at once. */
interface Reduction {
  readonly take: (tally: Tally, element: Element) => void;
  readonly end: (tally: Tally, i: number) => number;
}

function count({ n }: Tally, { on }: Element): void {
  for (let i = 0; i < on.length; i++) n[i]! += on[i]!;
}

function add({ n, v }: Tally, { v: x, on }: Element): void {
  for (let i = 0; i < x.length; i++) {
    if (on[i] === 0) continue;
    v[i] = n[i] === 0 ? x[i]! : v[i]! + x[i]!;
    n[i]!++;
  }
}

/** The mean of what was there: m += x / n - m / n, which holds where the sum is beyond the largest number. */
function average({ n, v }: Tally, { v: x, on }: Element): void {
  for (let i = 0; i < x.length; i++) {
    if (on[i] === 0) continue;
    n[i]!++;
    v[i] = n[i] === 1 ? x[i]! : stepOfMean(v[i]!, x[i]!, n[i]!);
  }
}

/** The largest of `sign` times the samples; NaN gives way to any other. */
function extreme(sign: 1 | -1): Reduction['take'] {
  return ({ n, v }, { v: x, on }) => {
    for (let i = 0; i < x.length; i++) {
      if (on[i] === 0) continue;
      const most = v[i]!;
      const value = x[i]!;
      if (n[i] === 0 || sign * value > sign * most || Number.isNaN(most)) v[i] = value;
      n[i] = 1;
    }
  };
}

/** Population variance by Welford's recurrence: m += (x - m) / n, s += (x - m') (x - m). */
function spread({ n, v, m2 }: Tally, { v: x, on }: Element): void {
  for (let i = 0; i < x.length; i++) {
    if (on[i] === 0) continue;
    n[i]!++;
    const delta = x[i]! - v[i]!;
    v[i]! += delta / n[i]!;
    m2[i]! += delta * (x[i]! - v[i]!);
  }
}

const value = ({ v }: Tally, i: number) => v[i]!;

const reductions: Readonly<Record<string, Reduction>> = {
  sum: { take: add, end: value },
  avg: { take: average, end: value },
  min: { take: extreme(-1), end: value },
  max: { take: extreme(1), end: value },
  count: { take: count, end: ({ n }, i) => n[i]! },
  group: { take: count, end: () => 1 },
  stdvar: { take: spread, end: ({ m2, n }, i) => m2[i]! / n[i]! },
  stddev: { take: spread, end: ({ m2, n }, i) => Math.sqrt(m2[i]! / n[i]!) },
};

/** Samples that may be looked at before others get their turn. */
const cellsOfATurn = 500_000;

/** The members of a group as one value at each instant where any is there; `param` is the aggregation's parameter. */
export function* reduced(
  op: AggregateExpr['op'],
  members: readonly Element[],
  param: Float64Array | undefined,
): Steps<Omit<Element, 'labels'>> {
  if (op === 'quantile') return yield* quantiles(members, param!);
  const { take, end } = reductions[op]!;
  const length = members[0]!.v.length;
  const m2 = take === spread ? new Float64Array(length) : new Float64Array();
  const tally = { n: new Uint32Array(length), v: new Float64Array(length), m2 };
  let cells = 0;
  for (const member of members) {
    take(tally, member);
    cells += length;
    if (cells < cellsOfATurn) continue;
    cells = 0;
    yield;
  }
  const on = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    if (tally.n[i] === 0) continue;
    on[i] = 1;
    tally.v[i] = end(tally, i);
  }
  return { v: tally.v, on };
}

function* quantiles(members: readonly Element[], q: Float64Array): Steps<Omit<Element, 'labels'>> {
  const v = new Float64Array(q.length);
  const on = new Uint8Array(q.length);
  const values = new Float64Array(members.length);
  let cells = 0;
  for (let i = 0; i < q.length; i++) {
    let n = 0;
    for (const member of members) if (member.on[i] === 1) values[n++] = member.v[i]!;
    if (n > 0) v[i] = promQuantile(q[i]!, n === values.length ? values : values.subarray(0, n));
    if (n > 0) on[i] = 1;
    cells += values.length;
    if (cells < cellsOfATurn) continue;
    cells = 0;
    yield;
  }
  return { v, on };
}
