import { findError, PromqlError, parseTree } from './parse.ts';

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * The query with `matchers` (as written between braces, e.g. `env="prod",team=~"a|b"`) added to every selector.
 * Throws a PromqlError when the query or the result cannot be read.
 */
export function addMatchers(query: string, matchers: string): string {
  if (matchers.trim() === '') return query;
  rejectBroken(query);
  const insertions: Insertion[] = [];
  parseTree(query).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const braces = node.getChild('LabelMatchers');
      if (braces === null) insertions.push({ at: node.to, text: `{${matchers}}` });
      else
        insertions.push({
          at: braces.to - 1,
          text: joined(query.slice(braces.from + 1, braces.to - 1), matchers),
        });
    },
  });
  let out = query;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at))
    out = out.slice(0, at) + text + out.slice(at);
  rejectBroken(out);
  return out;
}

function joined(inner: string, matchers: string): string {
  const text = inner.trim();
  return text === '' || text.endsWith(',') ? matchers : `,${matchers}`;
}

function rejectBroken(query: string): void {
  const error = findError(query);
  if (error !== undefined) throw new PromqlError(`${error.message} in \`${query}\``, error.offset);
}
