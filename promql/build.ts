import type { SyntaxNode, Tree } from '@lezer/common';
import type { AggregateExpr, BinaryExpr, Expr, Matcher, Matching, SelectorExpr } from './ast.ts';
import { checkTypes } from './check.ts';
import { withModifier, withRange, withSteps } from './modifiers.ts';
import { parseDurationText, parseNumber } from './number.ts';
import { childrenOf, PromqlError } from './parse.ts';
import { literalText } from './string-literal.ts';
import { deepest, strictTree, tooDeep } from './syntax-error.ts';

/**
 * The expression of a query, its types checked. Throws a PromqlError for what cannot be read and for constructs that are not
 * known, in Prometheus' own words where it would refuse the query too.
 */
export function parseExpr(query: string): Expr {
  const tree = strictTree(query);
  boundDepth(tree);
  const expr = build(tree.topNode.firstChild!, query);
  checkTypes(expr);
  return expr;
}

/** The matchers of a selector without a range or a modifier. Throws a PromqlError for anything else. */
export function parseSelector(text: string): readonly Matcher[] {
  const expr = parseExpr(text);
  if (expr.kind === 'selector' && expr.offset === 0 && expr.pin === undefined) return expr.matchers;
  throw new PromqlError('unexpected expression, expected a selector', expr.at);
}

function boundDepth(tree: Tree): void {
  let depth = 0;
  tree.iterate({
    enter: ({ name, from }) => {
      if (name in builders && ++depth > deepest) throw tooDeep(from);
    },
    leave: ({ name }) => {
      if (name in builders) depth--;
    },
  });
}

type Builder = (node: SyntaxNode, query: string) => Expr;

const builders: Readonly<Record<string, Builder>> = {
  NumberDurationLiteral: (node, query) => ({
    kind: 'number',
    value: parseNumber(textOf(node, query), node.from),
    at: node.from,
  }),
  StringLiteral: (node, query) => ({ kind: 'string', text: textIn(node, query), at: node.from }),
  ParenExpr: (node, query) => ({ ...build(node.firstChild!, query), at: node.from, closed: true }),
  UnaryExpr: buildUnary,
  VectorSelector: buildSelector,
  MatrixSelector: buildMatrix,
  SubqueryExpr: buildSubquery,
  OffsetExpr: buildOffset,
  StepInvariantExpr: buildPin,
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
    throw new PromqlError(`${node.name} is not supported: ${shortly(textOf(node, query))}`, node.from);
  return builder(node, query);
}

/** What a string literal stands for. */
function textIn(node: SyntaxNode, query: string): string {
  return literalText(textOf(node, query), node.from);
}

function shortly(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
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
  return { kind: 'selector', matchers, offset: 0, pin: undefined, at: node.from };
}

function matcherOf(node: SyntaxNode, query: string): Matcher {
  if (node.name === 'QuotedLabelName')
    return { label: '__name__', op: '=', value: textIn(node, query), at: node.from };
  const [label, op, value] = childrenOf(node);
  const name = textOf(label!, query);
  return {
    label: node.name === 'QuotedLabelMatcher' ? textIn(label!, query) : name,
    op: operatorOf(textOf(op!, query)),
    value: textIn(value!, query),
    at: node.from,
  };
}

function operatorOf(text: string): Matcher['op'] {
  return text === '!=' || text === '=~' || text === '!~' ? text : '=';
}

function durations(node: SyntaxNode, query: string): number[] {
  return node.getChildren('DurationExpr').map(child => parseDurationText(textOf(child, query), child.from));
}

function rangeOf(node: SyntaxNode, query: string): number {
  const duration = node.getChild('DurationExpr')!;
  const range = durations(node, query)[0]!;
  if (range <= 0) throw new PromqlError('duration must be greater than 0', duration.from);
  return range;
}

function buildMatrix(node: SyntaxNode, query: string): Expr {
  const bracket = query.indexOf('[', node.firstChild!.to);
  return withRange(build(node.firstChild!, query), rangeOf(node, query), bracket);
}

function buildSubquery(node: SyntaxNode, query: string): Expr {
  const step = durations(node, query)[1];
  if (step !== undefined && step <= 0)
    throw new PromqlError('duration must be greater than 0', node.getChildren('DurationExpr')[1]!.from);
  return withSteps(build(node.firstChild!, query), rangeOf(node, query), step);
}

function buildOffset(node: SyntaxNode, query: string): Expr {
  const duration = node.getChild('OffsetDurationExpr')!;
  const offset = parseDurationText(textOf(duration, query), duration.from);
  return withModifier(build(node.firstChild!, query), { offset });
}

function buildPin(node: SyntaxNode, query: string): Expr {
  return withModifier(build(node.firstChild!, query), { pin: pinOf(node, query) });
}

function pinOf(node: SyntaxNode, query: string): number | 'start' | 'end' {
  const end = node.getChild('AtModifierPreprocessors');
  if (end !== null) return textOf(end, query).toLowerCase() === 'start' ? 'start' : 'end';
  const text = textOf(node.getChildren('NumberDurationLiteral').at(-1)!, query);
  const pin = Math.round(parseNumber(text, node.from) * 1000);
  if (Number.isSafeInteger(pin)) return pin;
  throw new PromqlError(`timestamp out of bounds for @ modifier: ${text}`, node.from);
}

function labelsOf(node: SyntaxNode, query: string): string[] {
  return childrenOf(node).map(child =>
    child.name === 'QuotedLabelName' ? textIn(child, query) : textOf(child, query),
  );
}

/** The sign of a number binds less than its power: `-1 ^ 2` is `-(1 ^ 2)`. */
function buildBinary(node: SyntaxNode, query: string): Expr {
  const expr = operation(node, query);
  const { left } = expr;
  const isSigned = node.firstChild!.name === 'NumberDurationLiteral' && query[left.at] === '-';
  if (expr.op !== '^' || !isSigned || left.kind !== 'number') return expr;
  return {
    kind: 'negate',
    operand: { ...expr, left: { ...left, value: -left.value } },
    at: node.from,
  };
}

function operation(node: SyntaxNode, query: string): BinaryExpr {
  const parts = childrenOf(node);
  const operator = parts[1]!;
  const fill = node.getChild('FillModifier');
  if (fill !== null) throw new PromqlError(`fill is not supported: ${textOf(fill, query)}`, fill.from);
  return {
    kind: 'binary',
    op: textOf(operator, query).toLowerCase(),
    left: build(parts[0]!, query),
    right: build(parts.at(-1)!, query),
    bool: node.getChild('BoolModifier') !== null,
    matching: matchingOf(node.getChild('MatchingModifierClause'), query),
    operatorAt: operator.from,
    at: node.from,
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

const withParameter = ['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio'];

function buildAggregate(node: SyntaxNode, query: string): AggregateExpr {
  const args = argumentsOf(node, query);
  const op = textOf(node.getChild('AggregateOp')!, query).toLowerCase();
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels') ?? null;
  const expr = args.at(-1);
  if (expr === undefined) throw new PromqlError('no arguments for aggregate expression provided', node.from);
  const wanted = withParameter.includes(op) ? 2 : 1;
  if (args.length !== wanted)
    throw new PromqlError(
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      node.from,
    );
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
