import type { SyntaxNode } from '@lezer/common';
import type { AggregateExpr, BinaryExpr, Expr, Matcher, Matching, SelectorExpr } from './ast.ts';
import { parseDurationText, parseNumber } from './number.ts';
import { childrenOf, findError, PromqlError, parseTree } from './parse.ts';
import { unquote } from './string-literal.ts';

/** The expression of a query. Throws a PromqlError for what cannot be read and for constructs that are not known. */
export function parseExpr(query: string): Expr {
  const error = findError(query);
  if (error !== undefined) throw new PromqlError(error.message, error.offset);
  return build(parseTree(query).topNode.firstChild!, query);
}

type Builder = (node: SyntaxNode, query: string) => Expr;

const builders: Readonly<Record<string, Builder>> = {
  NumberDurationLiteral: (node, query) => ({
    kind: 'number',
    value: parseNumber(textOf(node, query), node.from),
    at: node.from,
  }),
  StringLiteral: (node, query) => ({ kind: 'string', text: unquote(textOf(node, query)), at: node.from }),
  ParenExpr: (node, query) => build(node.firstChild!, query),
  UnaryExpr: buildUnary,
  VectorSelector: buildSelector,
  MatrixSelector: buildMatrix,
  SubqueryExpr: buildSubquery,
  OffsetExpr: buildOffset,
  BinaryExpr: buildBinary,
  AggregateExpr: buildAggregate,
  FunctionCall: (node, query) => ({
    kind: 'call',
    name: textOf(node.getChild('FunctionIdentifier')!, query),
    args: argumentsOf(node, query),
    at: node.from,
  }),
};

function build(node: SyntaxNode, query: string): Expr {
  const builder = builders[node.name];
  if (builder === undefined)
    throw new PromqlError(`"${textOf(node, query)}" (${node.name}) is not supported`, node.from);
  return builder(node, query);
}

function textOf(node: SyntaxNode, query: string): string {
  return query.slice(node.from, node.to);
}

function argumentsOf(node: SyntaxNode, query: string): Expr[] {
  return childrenOf(node.getChild('FunctionCallBody')!).map(child => build(child, query));
}

function buildUnary(node: SyntaxNode, query: string): Expr {
  const [operator, operand] = childrenOf(node);
  const inner = build(operand!, query);
  return textOf(operator!, query) === '+' ? inner : { kind: 'negate', operand: inner, at: node.from };
}

function buildSelector(node: SyntaxNode, query: string): SelectorExpr {
  const matchers: Matcher[] = [];
  const name = node.getChild('Identifier');
  if (name !== null) matchers.push({ label: '__name__', op: '=', value: textOf(name, query), at: name.from });
  const braces = node.getChild('LabelMatchers');
  for (const child of braces === null ? [] : childrenOf(braces)) matchers.push(matcherOf(child, query));
  return { kind: 'selector', matchers, offset: 0, at: node.from };
}

function matcherOf(node: SyntaxNode, query: string): Matcher {
  const text = textOf(node, query);
  if (node.name === 'QuotedLabelName')
    return { label: '__name__', op: '=', value: unquote(text), at: node.from };
  const [label, op, value] = childrenOf(node);
  const name = textOf(label!, query);
  return {
    label: node.name === 'QuotedLabelMatcher' ? unquote(name) : name,
    op: operatorOf(textOf(op!, query)),
    value: unquote(textOf(value!, query)),
    at: node.from,
  };
}

function operatorOf(text: string): Matcher['op'] {
  return text === '!=' || text === '=~' || text === '!~' ? text : '=';
}

function durations(node: SyntaxNode, query: string): number[] {
  return node.getChildren('DurationExpr').map(child => parseDurationText(textOf(child, query), child.from));
}

function buildMatrix(node: SyntaxNode, query: string): Expr {
  const selector = build(node.firstChild!, query);
  if (selector.kind !== 'selector')
    throw new PromqlError('a range stands behind a selector only; elsewhere write [range:step]', node.from);
  return { kind: 'matrix', selector, range: durations(node, query)[0]!, at: node.from };
}

function buildSubquery(node: SyntaxNode, query: string): Expr {
  const [range, step] = durations(node, query);
  if (step === undefined) throw new PromqlError('a subquery without a step is not supported', node.from);
  return {
    kind: 'subquery',
    expr: build(node.firstChild!, query),
    range: range!,
    step,
    offset: 0,
    at: node.from,
  };
}

function buildOffset(node: SyntaxNode, query: string): Expr {
  const inner = build(node.firstChild!, query);
  const duration = node.getChild('OffsetDurationExpr')!;
  const offset = parseDurationText(textOf(duration, query), duration.from);
  if (inner.kind === 'selector' || inner.kind === 'subquery') return { ...inner, offset };
  if (inner.kind === 'matrix') return { ...inner, selector: { ...inner.selector, offset } };
  throw new PromqlError('offset stands behind a selector or a subquery only', node.from);
}

function labelsOf(node: SyntaxNode, query: string): string[] {
  return childrenOf(node).map(child => {
    const text = textOf(child, query);
    return child.name === 'QuotedLabelName' ? unquote(text) : text;
  });
}

function buildBinary(node: SyntaxNode, query: string): BinaryExpr {
  const parts = childrenOf(node);
  const operator = parts[1]!;
  const fill = node.getChild('FillModifier');
  if (fill !== null) throw new PromqlError('fill is not supported', fill.from);
  return {
    kind: 'binary',
    op: textOf(operator, query).toLowerCase(),
    left: build(parts[0]!, query),
    right: build(parts.at(-1)!, query),
    bool: node.getChild('BoolModifier') !== null,
    matching: matchingOf(node.getChild('MatchingModifierClause'), query),
    at: operator.from,
  };
}

function matchingOf(node: SyntaxNode | null, query: string): Matching | undefined {
  if (node === null) return undefined;
  const [labels, include] = node.getChildren('GroupingLabels');
  const left = node.getChild('GroupLeft') !== null;
  const right = node.getChild('GroupRight') !== null;
  return {
    on: node.getChild('On') !== null,
    labels: labelsOf(labels!, query),
    group: left ? 'left' : right ? 'right' : undefined,
    include: include === undefined ? [] : labelsOf(include, query),
  };
}

function buildAggregate(node: SyntaxNode, query: string): AggregateExpr {
  const args = argumentsOf(node, query);
  const op = textOf(node.getChild('AggregateOp')!, query).toLowerCase();
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels') ?? null;
  const expr = args.at(-1);
  if (expr === undefined || args.length > 2)
    throw new PromqlError(`${op} takes one expression, and at most one parameter before it`, node.from);
  return {
    kind: 'aggregate',
    op,
    param: args.length === 2 ? args[0] : undefined,
    expr,
    without: modifier?.getChild('Without') != null,
    labels: labels === null ? [] : labelsOf(labels, query),
    at: node.from,
  };
}
