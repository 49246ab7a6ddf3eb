import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Where a query is wrong: `offset` counts UTF-16 units from 0. */
export interface QueryError {
  readonly offset: number;
  readonly message: string;
}

/** A query that cannot be read or evaluated, and where. */
export class PromqlError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'PromqlError';
    this.offset = offset;
  }
}

/** A query that can be read, but fails over the samples that it finds. */
export class ExecutionError extends PromqlError {
  constructor(message: string, offset: number) {
    super(message, offset);
    this.name = 'ExecutionError';
  }
}

/** The concrete tree of a query; wrong places are error nodes in it. */
export function parseTree(query: string): Tree {
  return parser.parse(query);
}

/** The first syntax error of a PromQL query, or undefined when it can be read. Placeholders must be filled in before. */
export function findError(query: string): QueryError | undefined {
  if (query.trim() === '') return { offset: 0, message: 'the query is empty' };
  let error: QueryError | undefined;
  parseTree(query).iterate({
    enter: node => {
      if (error === undefined && node.type.isError) error = describe(query, node.from, node.to);
      return error === undefined;
    },
  });
  return error;
}

/** The direct children of a node, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) out.push(child);
  return out;
}

function describe(query: string, from: number, to: number): QueryError {
  if (query.slice(from).trim() === '')
    return { offset: from, message: 'unexpected end of the query: a bracket or an operand is missing' };
  const text = query.slice(from, Math.max(to, from + 1));
  const rest = to > from ? text : (/^\s*\S+/.exec(query.slice(from))?.[0].trim() ?? text);
  return { offset: from, message: `unexpected "${rest}"` };
}
