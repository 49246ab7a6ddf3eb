/** The upper bound that a label `le` names; undefined when it names none. */
export function decodeBound(le: string | undefined): number | undefined {
  if (le === '+Inf' || le === 'Inf') return Number.POSITIVE_INFINITY;
  if (le === '-Inf') return Number.NEGATIVE_INFINITY;
  const bound = le === undefined || le === '' ? Number.NaN : Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}
