/** A place on the grid. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Which panels cover others, by their number. */
export function lintOverlap(places: readonly (Place | undefined)[]): { path: string; message: string }[] {
  const taken = new Map<string, number>();
  const out: { path: string; message: string }[] = [];
  for (const [k, place] of places.entries()) {
    if (place === undefined || !(place.w * place.h <= 10_000)) continue;
    const hit = cells(place).find(cell => taken.has(cell));
    if (hit !== undefined) out.push({ path: `panels.${k}`, message: `covers panels.${taken.get(hit)}` });
    for (const cell of cells(place)) taken.set(cell, k);
  }
  return out;
}

function cells(at: Place): string[] {
  const out: string[] = [];
  for (let y = at.y; y < at.y + at.h; y++) for (let x = at.x; x < at.x + at.w; x++) out.push(`${x} ${y}`);
  return out;
}
