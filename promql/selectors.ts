import { parseTree } from './parse.ts';

/** The vector selectors of a query as they are written, without range, offset and `@`; each once. */
export function selectorsOf(query: string): readonly string[] {
  const selectors = new Set<string>();
  parseTree(query).iterate({
    enter: ({ name, node }) => {
      if (name === 'VectorSelector') selectors.add(query.slice(node.from, node.to));
    },
  });
  return [...selectors];
}
