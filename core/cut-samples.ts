/** Samples of one series: `t` in ms, ascending, and `v` of the same length. */
interface Samples {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** How many of ascending times lie before `at`. */
function countBefore(t: Float64Array, at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (t[mid]! < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The samples from `start` to `end` (ms, both included), a view of the same memory. */
export function cutSamples({ t, v }: Samples, start: number, end: number): Samples {
  const from = countBefore(t, start);
  let to = Math.max(from, countBefore(t, end));
  while (to < t.length && t[to] === end) to++;
  if (from === 0 && to === t.length) return { t, v };
  return { t: t.subarray(from, to), v: v.subarray(from, to) };
}
