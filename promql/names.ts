import { childrenOf, parseTree } from './parse.ts';
import { unquote } from './string-literal.ts';

/** The metric names that a query selects, sorted, each once; names written as `{__name__="x"}` or `{"x"}` count. */
export function metricNames(query: string): string[] {
  const names = new Set<string>();
  parseTree(query).iterate({
    enter: ({ name, node }) => {
      const text = query.slice(node.from, node.to);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.add(text);
      if (name === 'QuotedLabelName' && node.parent?.name === 'LabelMatchers') names.add(unquote(text));
      if (name !== 'UnquotedLabelMatcher' && name !== 'QuotedLabelMatcher') return;
      const [label, op, value] = childrenOf(node).map(child => query.slice(child.from, child.to));
      const isName = label === '__name__' || label === '"__name__"';
      if (isName && op === '=' && value !== undefined) names.add(unquote(value));
    },
  });
  return [...names].sort();
}
