import { fingerprint, type Labels, omit, pick } from '../../core/labels.ts';
import type { BinaryExpr, Matching } from '../ast.ts';
import { ExecutionError } from '../parse.ts';
import { type Element, mergeEqual } from './value.ts';

/** `and`, `or`, `unless`: by the presence of a matching series at each instant. */
export function setOperation(
  expr: BinaryExpr,
  left: readonly Element[],
  right: readonly Element[],
): Element[] {
  if (expr.op === 'and') return masked(expr, left, presence(expr, right), 1);
  if (expr.op === 'unless') return masked(expr, left, presence(expr, right), 0);
  const rest = masked(expr, right, presence(expr, left), 0);
  return mergeEqual([...left, ...rest], fingerprint, () => {
    throw new ExecutionError('vector cannot contain metrics with the same labelset', 0);
  });
}

/** The labels by which two sides match. */
export function signatureOf(matching: Matching | undefined, labels: Labels): string {
  if (matching === undefined) return fingerprint(omit(labels, ['__name__']));
  return fingerprint(
    matching.on ? pick(labels, matching.labels) : omit(labels, [...matching.labels, '__name__']),
  );
}

function presence(expr: BinaryExpr, elements: readonly Element[]): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  for (const { labels, on } of elements) {
    const key = signatureOf(expr.matching, labels);
    const mask = out.get(key);
    if (mask === undefined) out.set(key, on.slice());
    else for (let i = 0; i < on.length; i++) mask[i]! |= on[i]!;
  }
  return out;
}

/** The elements where the other side is there (`want` 1) or not (0). */
function masked(
  expr: BinaryExpr,
  elements: readonly Element[],
  other: ReadonlyMap<string, Uint8Array>,
  want: 0 | 1,
): Element[] {
  return elements.map(({ labels, v, on }) => {
    const mask = other.get(signatureOf(expr.matching, labels));
    return { labels, v, on: on.map((here, i) => (here === 1 && (mask?.[i] ?? 0) === want ? 1 : 0)) };
  });
}
