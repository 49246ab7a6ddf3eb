/**
 * The course without gaps: what is missing before the first value is cut off; a gap shorter than a season is bridged by a
 * straight line, a longer one by the season before it, else by a line; at the end the last season goes on.
 */
export function fillGaps(v: Float64Array, season: number): Float64Array {
  const first = v.findIndex(value => !Number.isNaN(value));
  if (first < 0) return new Float64Array(0);
  const y = v.slice(first);
  for (let i = 0; i < y.length; i++) {
    if (!Number.isNaN(y[i])) continue;
    let end = i;
    while (end < y.length && Number.isNaN(y[end])) end++;
    bridge(y, { from: i, end, season });
    i = end - 1;
  }
  return y;
}

interface Gap {
  readonly from: number;
  readonly end: number;
  readonly season: number;
}

function bridge(y: Float64Array, { from, end, season }: Gap): void {
  const before = y[from - 1]!;
  const repeats = season > 1 && from >= season && (end - from >= season || end === y.length);
  const after = end < y.length ? y[end]! : before;
  for (let i = from; i < end; i++)
    y[i] = repeats ? y[i - season]! : before + ((after - before) * (i - from + 1)) / (end - from + 1);
}
