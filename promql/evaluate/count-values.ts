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
  const { without, labels: names } = expr;
  // The value takes the place of a label of its name before the elements are grouped.
  const grouped = { ...expr, labels: without ? [...names, label] : names.filter(name => name !== label) };
  const isDropped = without && [...names, '__name__'].includes(label);
  const out: Element[] = [];
  for (const { labels, members } of groupsOf(grouped, elements)) {
    const byText = new Map<string, Element>();
    const textOf = isDropped ? () => '' : cachedText();
    for (const member of members) {
      countInto({ byText, textOf }, member, () => budget.take(member.on.length));
      yield;
    }
    for (const [text, { v, on }] of byText)
      out.push({ labels: isDropped ? labels : { ...labels, [label]: text }, v, on });
  }
  return out;
}

/** The texts of values, each made once; 0 and -0 are two. */
function cachedText(): (value: number) => string {
  const known = new Map<number, string>();
  return value => {
    if (Object.is(value, -0)) return '-0';
    const text = known.get(value) ?? fixedText(value);
    known.set(value, text);
    return text;
  };
}

interface Counts {
  readonly byText: Map<string, Element>;
  readonly textOf: (value: number) => string;
}

function countInto({ byText, textOf }: Counts, { v, on }: Element, take: () => void): void {
  for (let i = 0; i < on.length; i++) {
    if (on[i] === 0) continue;
    const text = textOf(v[i]!);
    let element = byText.get(text);
    if (element === undefined) {
      take();
      element = emptyElement({}, on.length);
      byText.set(text, element);
    }
    element.v[i]! += 1;
    element.on[i] = 1;
  }
}
