import type { Labels } from '../../core/labels.ts';
import type { Expr, Matcher } from '../ast.ts';
import type { Element, Grid } from './value.ts';

/** 1 where no element has a sample; its labels are what the selector demands by equality. */
export function absent(expr: Expr, elements: readonly Element[], grid: Grid): Element[] {
  const v = new Float64Array(grid.count).fill(1);
  const on = new Uint8Array(grid.count).fill(1);
  for (const element of elements) for (let i = 0; i < grid.count; i++) if (element.on[i] === 1) on[i] = 0;
  return [{ labels: demanded(expr), v, on }];
}

function demanded(expr: Expr): Labels {
  const matchers =
    expr.kind === 'selector' ? expr.matchers : expr.kind === 'matrix' ? expr.selector.matchers : [];
  const names = matchers.map(({ label }) => label);
  const once = ({ label, op }: Matcher) =>
    op === '=' && label !== '__name__' && names.indexOf(label) === names.lastIndexOf(label);
  return Object.fromEntries(matchers.filter(once).map(({ label, value }) => [label, value]));
}
