import type { SyntaxNode } from '@lezer/common';
import { findError, PromqlError, parseTree } from './parse.ts';

interface Edit {
  readonly at: number;
  readonly text: string;
  /** How many characters it takes the place of. */
  readonly cut?: number;
}

/** `timestamp` reads the sample's own time, `info` takes a selector for a description: neither may stand over a function. */
const leftAlone: ReadonlySet<string> = new Set(['Timestamp', 'Info']);

/**
 * The query with every instant selector bounded: `x` becomes `last_over_time(x[range])`, so that no sample older than
 * `range` (a duration such as `30s`) is read, where Prometheus' lookback carries a dead series on for five minutes. Names and labels
 * stay; `absent(x)` becomes `absent_over_time(x[range])`, which keeps its labels. Range selectors are as they were.
 * Throws a PromqlError when the query cannot be read.
 */
export function boundLookback(query: string, range: string): string {
  const error = findError(query);
  if (error !== undefined) throw new PromqlError(`${error.message} in \`${query}\``, error.offset);
  const edits: Edit[] = [];
  parseTree(query).iterate({
    enter: ({ name, node }) => {
      if (name === 'VectorSelector') edits.push(...editsOf(node, range));
    },
  });
  let out = query;
  for (const { at, text, cut = 0 } of edits.sort((a, b) => b.at - a.at))
    out = out.slice(0, at) + text + out.slice(at + cut);
  return out;
}

function editsOf(selector: SyntaxNode, range: string): readonly Edit[] {
  if (selector.parent?.name === 'MatrixSelector') return [];
  const whole = withModifiers(selector);
  const call = callAround(whole);
  const window = { at: selector.to, text: `[${range}]` };
  if (call?.name === 'Absent') return [{ at: call.from, text: 'absent_over_time', cut: 6 }, window];
  if (whole.parent?.name === 'AnchoredExpr' || (call !== undefined && leftAlone.has(call.name))) return [];
  const closing =
    whole.to === selector.to
      ? [{ at: selector.to, text: `[${range}])` }]
      : [window, { at: whole.to, text: ')' }];
  return [{ at: whole.from, text: 'last_over_time(' }, ...closing];
}

/** The selector with its `offset` and `@`. */
function withModifiers(selector: SyntaxNode): SyntaxNode {
  let node = selector;
  while (node.parent?.name === 'OffsetExpr' || node.parent?.name === 'StepInvariantExpr') node = node.parent;
  return node;
}

/** The name of the function whose argument this node is; undefined when it is no argument. */
function callAround(node: SyntaxNode): SyntaxNode | undefined {
  let around = node.parent;
  while (around?.name === 'ParenExpr') around = around.parent;
  if (around?.name !== 'FunctionCallBody' || around.parent?.name !== 'FunctionCall') return undefined;
  return around.parent.getChild('FunctionIdentifier')?.firstChild ?? undefined;
}
