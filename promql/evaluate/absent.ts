import type { Labels } from '../../core/labels.ts';
import type { Expr } from '../ast.ts';
import type { Element, Grid } from './value.ts';

/** 1 where no element has a sample; its labels are what the selector demands by equality. */
export function absent(expr: Expr, elements: readonly Element[], grid: Grid): Element[] {
  const v = new Float64Array(grid.count).fill(1);
  const on = new Uint8Array(grid.count).fill(1);
  for (const element of elements) for (let i = 0; i < grid.count; i++) if (element.on[i] === 1) on[i] = 0;
  return [{ labels: demanded(expr), v, on }];
}

/** A label that is named again is told no more; only what comes first by equality, or after other comparisons, counts. */
function demanded(expr: Expr): Labels {
  const matchers =
    expr.kind === 'selector' ? expr.matchers : expr.kind === 'matrix' ? expr.selector.matchers : [];
  const told = new Map<string, string>();
  const seen = new Set<string>();
  for (const { label, op, value } of matchers) {
    if (label === '__name__') continue;
    if (op === '=' && !seen.has(label)) {
      told.set(label, value);
      seen.add(label);
    } else told.delete(label);
  }
  return Object.fromEntries(told);
}
