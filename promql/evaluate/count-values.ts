import type { AggregateExpr } from '../ast.ts';
import { ExecutionError } from '../parse.ts';
import { groupsOf } from './aggregate.ts';
import type { SampleBudget } from './budget.ts';
import { fixedText } from './number-text.ts';
import type { Steps } from './steps.ts';
import { type Element, emptyElement } from './value.ts';

/** `count_values("label", v)`: how many elements of a group have each value, the value as a label. */
export function* countValues(
  { expr, label }: { readonly expr: AggregateExpr; readonly label: string },
  elements: readonly Element[],
  budget: SampleBudget,
): Steps<Element[]> {
  if (!/^[a-zA-Z_]\w*$/.test(label))
    throw new ExecutionError(`invalid label name ${JSON.stringify(label)}`, 0);
  const out: Element[] = [];
  for (const { labels, members } of groupsOf(expr, elements)) {
    // A NaN is found in a map by NaN; 0 and -0 are one.
    const byValue = new Map<number, Element>();
    for (const member of members) {
      countInto(byValue, member, () => budget.take(member.on.length));
      yield;
    }
    for (const [value, { v, on }] of byValue)
      out.push({ labels: { ...labels, [label]: fixedText(value) }, v, on });
  }
  return out;
}

function countInto(byValue: Map<number, Element>, { v, on }: Element, take: () => void): void {
  for (let i = 0; i < on.length; i++) {
    if (on[i] === 0) continue;
    let element = byValue.get(v[i]!);
    if (element === undefined) {
      take();
      element = emptyElement({}, on.length);
      byValue.set(v[i]!, element);
    }
    element.v[i]! += 1;
    element.on[i] = 1;
  }
}
