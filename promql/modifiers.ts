import type { Expr, MatrixExpr, Pin, SubqueryExpr } from './ast.ts';
import { PromqlError } from './parse.ts';

/**
 * The grammar puts what stands behind an operation (`a - b offset 5m`) around all of it; it belongs to the last operand, unless
 * brackets close the operation.
 */
function toLastOperand(expr: Expr, change: (operand: Expr) => Expr): Expr {
  if (expr.closed === true) return change(expr);
  if (expr.kind === 'binary') return { ...expr, right: toLastOperand(expr.right, change) };
  if (expr.kind === 'negate') return { ...expr, operand: toLastOperand(expr.operand, change) };
  return change(expr);
}

type Modifier = { readonly offset: number } | { readonly pin: Exclude<Pin, undefined> };

/** The expression with an offset or a fixed time. Throws a PromqlError when it takes none, or has one. */
export function withModifier(expr: Expr, modifier: Modifier): Expr {
  return toLastOperand(expr, operand => modified(operand, modifier));
}

function modified(expr: Expr, modifier: Modifier): Expr {
  const name = 'pin' in modifier ? '@' : 'offset';
  const carrier = expr.kind === 'matrix' ? expr.selector : expr;
  if (expr.closed === true || (carrier.kind !== 'selector' && carrier.kind !== 'subquery'))
    throw new PromqlError(
      `${name} modifier must be preceded by an instant vector selector or range vector selector or a subquery`,
      expr.at,
    );
  if (name === '@' ? carrier.pin !== undefined : carrier.offset !== 0)
    throw new PromqlError(`${name === '@' ? '@ <timestamp>' : name} may not be set multiple times`, expr.at);
  if (expr.kind === 'matrix') return { ...expr, selector: { ...expr.selector, ...modifier } };
  return { ...carrier, ...modifier };
}

/** The expression with a range behind it, whose bracket stands at `bracket`. Throws a PromqlError behind anything but a selector. */
export function withRange(expr: Expr, range: number, bracket: number): Expr {
  return toLastOperand(expr, (selector): MatrixExpr => {
    if (selector.kind !== 'selector' || selector.closed === true)
      throw new PromqlError('ranges only allowed for vector selectors', bracket);
    if (selector.offset !== 0 || selector.pin !== undefined)
      throw new PromqlError('no offset modifiers allowed before range', bracket);
    return { kind: 'matrix', selector, range, at: selector.at };
  });
}

/** The expression with a subquery's range and step behind it. */
export function withSteps(expr: Expr, range: number, step: number | undefined): Expr {
  return toLastOperand(
    expr,
    (inner): SubqueryExpr => ({
      kind: 'subquery',
      expr: inner,
      range,
      step,
      offset: 0,
      pin: undefined,
      at: inner.at,
    }),
  );
}
