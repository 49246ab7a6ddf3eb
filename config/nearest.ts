/** `, did you mean "x"?` for the known name within two edits of `name`, else nothing (Levenshtein 1966). */
export function nearest(name: string, known: readonly string[]): string {
  const [best] = known
    .map(candidate => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits);
  return best === undefined ? '' : `, did you mean "${best.candidate}"?`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
