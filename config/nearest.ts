/**
 * `, did you mean "x"?` for the known name that is `name` but for a slip, else nothing: at most two edits (Levenshtein
 * 1966) and a third of its letters, or a begin of it that is long enough to tell.
 */
export function nearest(name: string, known: readonly string[]): string {
  const most = Math.min(2, Math.floor(name.length / 3));
  const [best] = known
    .map(candidate => ({ candidate, edits: distance(name.toLowerCase(), candidate) }))
    .filter(({ candidate, edits }) => edits <= most || (name.length >= 4 && candidate.startsWith(name)))
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
