/** What is minimised, from where, how far the first simplex reaches, and how often it may be asked. */
export interface Search {
  readonly value: (x: Float64Array) => number;
  readonly start: readonly number[];
  readonly reach: readonly number[];
  readonly evaluations: number;
}

interface Corner {
  x: Float64Array;
  f: number;
}

/**
 * The lowest point that the downhill simplex finds (Nelder, Mead 1965; reflect 1, expand 2, contract 1/2, shrink 1/2).
 * Stops when the corners differ by less than 1e-6 of the value, or when it has asked often enough.
 */
export function nelderMead({ value, start, reach, evaluations }: Search): { x: Float64Array; f: number } {
  const n = start.length;
  let asked = 0;
  const corner = (x: Float64Array): Corner => {
    asked++;
    const f = value(x);
    return { x, f: Number.isNaN(f) ? Number.POSITIVE_INFINITY : f };
  };
  const simplex = [corner(Float64Array.from(start))];
  for (let k = 0; k < n; k++)
    simplex.push(corner(Float64Array.from(start, (each, j) => (j === k ? each + reach[k]! : each))));
  const byHeight = (a: Corner, b: Corner) => a.f - b.f;
  simplex.sort(byHeight);
  while (asked < evaluations) {
    const worst = simplex[n]!;
    const best = simplex[0]!;
    if (worst.f - best.f <= 1e-6 * (Math.abs(best.f) + 1e-12)) break;
    const centre = Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += simplex[k]!.x[j]!;
      return sum / n;
    });
    const along = (by: number) => corner(centre.map((each, j) => each + by * (worst.x[j]! - each)));
    const mirrored = along(-1);
    let next = mirrored;
    if (mirrored.f < best.f) {
      const further = along(-2);
      if (further.f < mirrored.f) next = further;
    } else if (mirrored.f >= simplex[n - 1]!.f) next = along(mirrored.f < worst.f ? -0.5 : 0.5);
    if (next.f < worst.f) simplex[n] = next;
    else
      for (let k = 1; k <= n; k++)
        simplex[k] = corner(simplex[k]!.x.map((each, j) => (each + best.x[j]!) / 2));
    simplex.sort(byHeight);
  }
  return simplex[0]!;
}
