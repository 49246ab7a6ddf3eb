/** The upper bound that a label `le` names, infinity in any case of letters; undefined when it names none. */
export function decodeBound(le: string | undefined): number | undefined {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(le ?? '');
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const bound = le === undefined || le === '' ? Number.NaN : Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}
