import { parseTree } from './parse.ts';

/** A metric where a query selects it, with the functions and aggregations around it, the nearest first. */
export interface SelectedMetric {
  readonly metric: string;
  readonly inside: readonly string[];
}

/** Every selector of a query that names its metric before the braces. */
export function selectedMetrics(query: string): readonly SelectedMetric[] {
  const out: SelectedMetric[] = [];
  parseTree(query).iterate({
    enter: ({ name, node }) => {
      const identifier = name === 'VectorSelector' ? node.getChild('Identifier') : null;
      if (identifier === null) return;
      const inside: string[] = [];
      for (let at = node.parent; at !== null; at = at.parent) {
        const named = at.getChild('FunctionIdentifier') ?? at.getChild('AggregateOp');
        if (named !== null) inside.push(query.slice(named.from, named.to));
      }
      out.push({ metric: query.slice(identifier.from, identifier.to), inside });
    },
  });
  return out;
}
