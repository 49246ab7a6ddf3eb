import { fingerprint, type Labels, omit, pick } from '../../core/labels.ts';
import type { BinaryExpr } from '../ast.ts';
import { ExecutionError, PromqlError } from '../parse.ts';
import { labelsText } from './label-order.ts';
import { arithmetic, comparisons } from './operators.ts';
import { setOperation, signatureOf } from './set-operation.ts';
import { type Element, emptyElement, mergeEqual, type Value } from './value.ts';

/** `left op right` as Prometheus matches them. */
export function binary(expr: BinaryExpr, left: Value, right: Value): Value {
  if (left.kind === 'string' || right.kind === 'string')
    throw new PromqlError(`${expr.op} takes no strings`, expr.operatorAt);
  if (expr.op === 'and' || expr.op === 'or' || expr.op === 'unless') {
    if (left.kind !== 'vector' || right.kind !== 'vector')
      throw new PromqlError(`${expr.op} takes two vectors`, expr.operatorAt);
    return { kind: 'vector', elements: setOperation(expr, left.elements, right.elements) };
  }
  const sample = sampleOperation(expr);
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalars(expr, left.v, right.v);
  if (left.kind === 'vector' && right.kind === 'vector')
    return {
      kind: 'vector',
      elements: vectors(expr, sample, { left: left.elements, right: right.elements }),
    };
  if (left.kind === 'vector' && right.kind === 'scalar')
    return withScalar(expr, left.elements, (i, v) => sample(v, right.v[i]!, v));
  if (left.kind === 'scalar' && right.kind === 'vector')
    return withScalar(expr, right.elements, (i, v) => sample(left.v[i]!, v, v));
  throw new PromqlError(`${expr.op} does not take these operands`, expr.operatorAt);
}

/** Combines a and b; a filter answers `kept` or undefined. */
type SampleOperation = (a: number, b: number, kept: number) => number | undefined;

function sampleOperation({ op, bool, operatorAt }: BinaryExpr): SampleOperation {
  const compute = arithmetic[op];
  if (compute !== undefined) {
    if (bool) throw new PromqlError('bool stands behind comparisons only', operatorAt);
    return compute;
  }
  const compare = comparisons[op];
  if (compare === undefined) throw new PromqlError(`the operator ${op} is not supported`, operatorAt);
  return bool ? (a, b) => Number(compare(a, b)) : (a, b, kept) => (compare(a, b) ? kept : undefined);
}

function keepsName({ op, bool }: BinaryExpr): boolean {
  return op in comparisons && !bool;
}

function scalars(expr: BinaryExpr, left: Float64Array, right: Float64Array): Value {
  if (expr.op in comparisons && !expr.bool)
    throw new PromqlError(`${expr.op} between scalars needs bool`, expr.operatorAt);
  const sample = sampleOperation(expr);
  return { kind: 'scalar', v: left.map((a, i) => sample(a, right[i]!, a) ?? Number.NaN) };
}

function withScalar(
  expr: BinaryExpr,
  elements: readonly Element[],
  at: (i: number, v: number) => number | undefined,
): Value {
  const out = elements.map(element => {
    const labels = keepsName(expr) ? element.labels : omit(element.labels, ['__name__']);
    const result = emptyElement(labels, element.on.length);
    for (let i = 0; i < element.on.length; i++) {
      const value = element.on[i] === 1 ? at(i, element.v[i]!) : undefined;
      if (value === undefined) continue;
      result.v[i] = value;
      result.on[i] = 1;
    }
    return result;
  });
  return { kind: 'vector', elements: mergeEqual(out, fingerprint, duplicate) };
}

function duplicate(): never {
  throw new ExecutionError('vector cannot contain metrics with the same labelset', 0);
}

function vectors(
  expr: BinaryExpr,
  sample: SampleOperation,
  sides: { readonly left: readonly Element[]; readonly right: readonly Element[] },
): Element[] {
  const swapped = expr.matching?.group === 'right';
  const many = swapped ? sides.right : sides.left;
  const one = bySignature(expr, swapped ? sides.left : sides.right, many);
  const grouped = expr.matching?.group !== undefined;
  const bySide = new Map<string, Element[]>();
  const results: Element[] = [];
  for (const element of many) {
    const key = signatureOf(expr.matching, element.labels);
    for (const other of one.get(key) ?? []) {
      const [a, b] = swapped ? [other, element] : [element, other];
      const labels = resultLabels(expr, element.labels, other.labels);
      const result = combined(a, b, { labels, sample });
      if (result === undefined) continue;
      results.push(result);
      const list = bySide.get(key);
      if (list === undefined) bySide.set(key, [result]);
      else list.push(result);
    }
  }
  const clash = () => {
    const hint = grouped
      ? 'grouping labels must ensure unique matches'
      : 'many-to-one matching must be explicit (group_left/group_right)';
    throw new ExecutionError(`multiple matches for labels: ${hint}`, 0);
  };
  if (!grouped) for (const list of bySide.values()) mergeEqual(list, () => '', clash);
  return mergeEqual(results, fingerprint, clash);
}

/**
 * The "one" side by signature; two of one signature may take turns but never be there at the same instant, unless the other side
 * has nothing then.
 */
function bySignature(
  expr: BinaryExpr,
  elements: readonly Element[],
  others: readonly Element[],
): Map<string, Element[]> {
  const out = new Map<string, Element[]>();
  for (const element of elements) {
    const key = signatureOf(expr.matching, element.labels);
    const list = out.get(key);
    if (list === undefined) out.set(key, [element]);
    else list.push(element);
  }
  const side = expr.matching?.group === 'right' ? 'left' : 'right';
  const clash = (first: Labels, second: Labels) => {
    throw new ExecutionError(
      `found duplicate series for the match group ${labelsText(matchGroup(expr, first))} on the ${side} hand-side of the operation: ` +
        `[${labelsText(second)}, ${labelsText(first)}];many-to-many matching not allowed: matching labels must be unique on one side`,
      0,
    );
  };
  const several = [...out.values()].filter(list => list.length > 1);
  if (several.length === 0) return out;
  const met = anyOf(others);
  for (const list of several) mergeEqual(list.map(meeting(met)), () => '', clash);
  return out;
}

/** 1 where any of the elements has a sample. */
function anyOf(elements: readonly Element[]): Uint8Array {
  const out = new Uint8Array(elements[0]?.on.length ?? 0);
  for (const { on } of elements) for (let i = 0; i < on.length; i++) out[i]! |= on[i]!;
  return out;
}

const meeting =
  (met: Uint8Array) =>
  ({ labels, v, on }: Element): Element => ({ labels, v, on: on.map((here, i) => here & (met[i] ?? 0)) });

function matchGroup({ matching }: BinaryExpr, labels: Labels): Labels {
  if (matching?.on === true) return pick(labels, matching.labels);
  return omit(labels, ['__name__', ...(matching?.labels ?? [])]);
}

function combined(
  a: Element,
  b: Element,
  how: { readonly labels: Labels; readonly sample: SampleOperation },
): Element | undefined {
  const out = emptyElement(how.labels, a.on.length);
  let any = false;
  for (let i = 0; i < a.on.length; i++) {
    if (a.on[i] === 0 || b.on[i] === 0) continue;
    const value = how.sample(a.v[i]!, b.v[i]!, a.v[i]!);
    if (value === undefined) continue;
    out.v[i] = value;
    out.on[i] = 1;
    any = true;
  }
  return any ? out : undefined;
}

function resultLabels(expr: BinaryExpr, many: Labels, one: Labels): Labels {
  const { matching } = expr;
  const named = keepsName(expr) ? many : omit(many, ['__name__']);
  if (matching === undefined) return named;
  if (matching.group === undefined)
    return matching.on ? pick(named, matching.labels) : omit(named, matching.labels);
  const taken = omit(named, matching.include);
  return { ...taken, ...pick(one, matching.include) };
}
