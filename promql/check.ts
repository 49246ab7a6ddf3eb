import type { AggregateExpr, BinaryExpr, CallExpr, Expr, SelectorExpr } from './ast.ts';
import { PromqlError } from './parse.ts';
import { matcherTest } from './regexp.ts';
import { signatures, type ValueType } from './signatures.ts';

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

/** A type as Prometheus calls it in its errors. */
export const documentedType = (type: ValueType): string => documented[type];

const setOperators: readonly string[] = ['and', 'or', 'unless'];
const comparisonOperators: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];
const arithmeticOperators: readonly string[] = ['+', '-', '*', '/', '%', '^', 'atan2'];

/** What a query gives. Throws a PromqlError with Prometheus' words where the parts do not fit together. */
export function checkTypes(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return checkSelector(expr);
    case 'matrix':
      checkSelector(expr.selector);
      return 'matrix';
    case 'subquery': {
      const type = checkTypes(expr.expr);
      if (type !== 'vector')
        throw new PromqlError(`subquery is only allowed on instant vector, got ${type} instead`, expr.at);
      return 'matrix';
    }
    case 'negate':
      return checkNegated(expr.operand, expr.at);
    case 'binary':
      return checkBinary(expr);
    case 'aggregate':
      return checkAggregate(expr);
    case 'call':
      return checkCall(expr);
  }
}

function expect(expr: Expr, want: ValueType, where: string): void {
  const type = checkTypes(expr);
  if (type === want) return;
  const message = `expected type ${documented[want]} in ${where}, got ${documented[type]}`;
  throw new PromqlError(message, expr.at);
}

function checkSelector({ matchers, at }: SelectorExpr): 'vector' {
  for (const matcher of matchers) matcherTest(matcher);
  const names = matchers.filter(({ label }) => label === '__name__');
  const [name, other] = names;
  if (name?.at === at && other !== undefined)
    throw new PromqlError(`metric name must not be set twice: "${name.value}" or "${other.value}"`, at);
  if (matchers.every(matcher => matcherTest(matcher)('')))
    throw new PromqlError('vector selector must contain at least one non-empty matcher', at);
  return 'vector';
}

function checkNegated(operand: Expr, at: number): ValueType {
  const type = checkTypes(operand);
  if (type === 'scalar' || type === 'vector') return type;
  throw new PromqlError(
    `unary expression only allowed on expressions of type scalar or instant vector, got ${JSON.stringify(documented[type])}`,
    at,
  );
}

function checkBinary(expr: BinaryExpr): ValueType {
  const left = checkTypes(expr.left);
  const right = checkTypes(expr.right);
  checkOperator(expr, left === 'scalar' && right === 'scalar');
  for (const [type, at] of [
    [left, expr.left.at],
    [right, expr.right.at],
  ] as const)
    if (type !== 'scalar' && type !== 'vector')
      throw new PromqlError('binary expression must contain only scalar and instant vector types', at);
  checkMatching(expr, left === 'vector' && right === 'vector');
  return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector';
}

function checkOperator({ op, bool, operatorAt, matching }: BinaryExpr, scalars: boolean): void {
  const compares = comparisonOperators.includes(op);
  if (!compares && !setOperators.includes(op) && !arithmeticOperators.includes(op))
    throw new PromqlError(`the operator ${op} is not supported`, operatorAt);
  if (bool && !compares)
    throw new PromqlError('bool modifier can only be used on comparison operators', operatorAt);
  if (compares && !bool && scalars)
    throw new PromqlError('comparisons between scalars must use BOOL modifier', operatorAt);
  const both =
    matching?.on === true ? matching.include.find(name => matching.labels.includes(name)) : undefined;
  if (both !== undefined)
    throw new PromqlError(`label "${both}" must not occur in ON and GROUP clause at once`, operatorAt);
}

function checkMatching({ op, matching, at }: BinaryExpr, vectors: boolean): void {
  const isSet = setOperators.includes(op);
  if (!vectors && (matching?.labels.length ?? 0) > 0)
    throw new PromqlError('vector matching only allowed between instant vectors', at);
  if (!vectors && isSet)
    throw new PromqlError(`set operator "${op}" not allowed in binary scalar expression`, at);
  if (vectors && isSet && matching?.group !== undefined)
    throw new PromqlError(`no grouping allowed for "${op}" operation`, at);
}

function checkAggregate({ op, param, expr, at }: AggregateExpr): 'vector' {
  if (op.startsWith('limit')) throw new PromqlError(`the aggregation ${op} is not supported`, at);
  expect(expr, 'vector', 'aggregation expression');
  if (param !== undefined)
    expect(param, op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
  return 'vector';
}

function checkCall({ name, args, at }: CallExpr): ValueType {
  const signature = Object.hasOwn(signatures, name) ? signatures[name] : undefined;
  if (signature === undefined) throw new PromqlError(`unknown function with name "${name}"`, at);
  const most = signature.args.length;
  const least = signature.variadic === 0 ? most : most - 1;
  const wrong = (how: string, n: number) =>
    new PromqlError(`expected ${how}${n} argument(s) in call to "${name}", got ${args.length}`, at);
  if (signature.variadic === 0 && args.length !== most) throw wrong('', most);
  if (args.length < least) throw wrong('at least ', least);
  if (args.length > least + signature.variadic && signature.variadic > 0)
    throw wrong('at most ', least + signature.variadic);
  for (const [i, arg] of args.entries())
    expect(arg, signature.args[Math.min(i, most - 1)]!, `call to function "${name}"`);
  return signature.returns;
}
