import type { Expr, Matcher, Pin, SelectorExpr } from '../ast.ts';

/** What a query reads: samples from `start` to `end` (ms, both included) of metrics of these names, or of any when none is named. */
export interface Reach {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
  /** The matchers of each selector. */
  readonly selectors: readonly (readonly Matcher[])[];
}

interface Frame {
  readonly start: number;
  readonly end: number;
}

/**
 * The samples that `expr` needs to be evaluated from `start` to `end`. `lookback` is how far an instant selector of a metric looks
 * back, ms; its name is empty where the selector does not tell it by equality.
 */
export function reachOf(expr: Expr, ends: Frame, lookback: (name: string) => number): Reach {
  const names = new Set<string>();
  const selectors: (readonly Matcher[])[] = [];
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  const moved = (frame: Frame, { pin, offset }: { readonly pin: Pin; readonly offset: number }): Frame => {
    const fixed = pin === 'start' ? ends.start : pin === 'end' ? ends.end : pin;
    return { start: (fixed ?? frame.start) - offset, end: (fixed ?? frame.end) - offset };
  };
  const read = (selector: SelectorExpr, frame: Frame, range?: number) => {
    const at = moved(frame, selector);
    const name = nameIn(selector);
    names.add(name);
    selectors.push(selector.matchers);
    start = Math.min(start, at.start - (range ?? lookback(name)));
    end = Math.max(end, at.end);
  };
  const walk = (part: Expr, frame: Frame): void => {
    if (part.kind === 'selector') read(part, frame);
    else if (part.kind === 'matrix') read(part.selector, frame, part.range);
    else if (part.kind === 'subquery') {
      const inner = moved(frame, part);
      walk(part.expr, { start: inner.start - part.range, end: inner.end });
    } else for (const child of childrenOf(part)) walk(child, frame);
  };
  walk(expr, ends);
  if (names.size === 0) return { ...ends, names: [], selectors };
  return { start, end, names: names.has('') ? [] : [...names].sort(), selectors };
}

function nameIn({ matchers }: SelectorExpr): string {
  return matchers.find(({ label, op }) => label === '__name__' && op === '=')?.value ?? '';
}

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'negate':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'call':
      return expr.args;
    default:
      return [];
  }
}
