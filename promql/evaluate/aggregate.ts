import { fingerprint, type Labels, omit, pick } from '../../core/labels.ts';
import type { AggregateExpr } from '../ast.ts';
import { ExecutionError } from '../parse.ts';
import { numberText } from './number-text.ts';
import { nanFirst } from './quantile.ts';
import { reduced } from './reduce.ts';
import type { Steps } from './steps.ts';
import { select } from './top.ts';
import type { Element } from './value.ts';

/** One element a group; topk and bottomk keep the elements themselves. `param` is the parameter at each instant. */
export function* aggregate(
  expr: AggregateExpr,
  elements: readonly Element[],
  param: Float64Array | undefined,
): Steps<Element[]> {
  const { op } = expr;
  const isTop = op === 'topk' || op === 'bottomk';
  if (isTop) checkCounts(param!);
  const out: Element[] = [];
  for (const { labels, members } of groupsOf(expr, elements)) {
    if (isTop)
      for (const element of yield* select(members, param!, op === 'topk' ? 1 : -1)) out.push(element);
    else out.push({ labels, ...(yield* reduced(op, members, param)) });
    yield;
  }
  return out;
}

/** Throws an ExecutionError where a number of elements is none that Go's int64 could hold. */
function checkCounts(k: Float64Array): void {
  const wrong = k.find(count => !(Math.abs(count) <= 2 ** 63));
  if (wrong !== undefined) throw new ExecutionError(`Scalar value ${numberText(wrong)} overflows int64`, 0);
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
