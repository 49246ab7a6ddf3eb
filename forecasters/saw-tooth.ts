import { median } from '../core/stats.ts';

/** A fall counts as a cleaning when it takes away this many times what is usually added in a step. */
const farFall = 2.5;
/** Cleanings that make a saw-tooth, at least, and the share of the other steps that must not fall. */
const leastCleanings = 3;
const rising = 0.75;

/** A course that fills up and is cleaned, again and again. */
export interface SawTooth {
  /** The upper edge up to the last peak: straight lines through the last values before each cleaning. */
  readonly envelope: Float64Array;
  /** Steps from one cleaning to the next, usually. */
  readonly period: number;
  /** Steps since the last peak. */
  readonly since: number;
  /** What a step usually adds. */
  readonly added: number;
}

/** Where a cleaning follows: the last value before each fall. */
function peaksOf(y: Float64Array): { peaks: number[]; added: number } | undefined {
  const moves = y.subarray(1).map((value, i) => value - y[i]!);
  const added = median(moves.filter(move => move > 0));
  if (!(added > 0)) return undefined;
  const peaks: number[] = [];
  let others = 0;
  moves.forEach((move, i) => {
    if (move < -farFall * added) peaks.push(i);
    else if (move >= -0.5 * added) others++;
  });
  const enough = peaks.length >= leastCleanings && others >= rising * (moves.length - peaks.length);
  return enough ? { peaks, added } : undefined;
}

/** Straight lines through the peaks, flat before the first. */
function through(y: Float64Array, peaks: readonly number[]): Float64Array {
  const last = peaks[peaks.length - 1]!;
  const out = new Float64Array(last + 1).fill(y[peaks[0]!]!);
  for (let k = 1; k < peaks.length; k++) {
    const from = peaks[k - 1]!;
    const to = peaks[k]!;
    const rise = (y[to]! - y[from]!) / (to - from);
    for (let i = from; i <= to; i++) out[i] = y[from]! + rise * (i - from);
  }
  return out;
}

/** The saw-tooth that a course without gaps is; undefined when it is none. */
export function sawTooth(y: Float64Array): SawTooth | undefined {
  const found = peaksOf(y);
  if (found === undefined) return undefined;
  const { peaks, added } = found;
  const apart = Float64Array.from(peaks.slice(1), (peak, k) => peak - peaks[k]!);
  return {
    envelope: through(y, peaks),
    period: Math.max(1, Math.round(median(apart))),
    since: y.length - 1 - peaks[peaks.length - 1]!,
    added,
  };
}

/** How far below its upper edge the course is expected, for each of the steps after it. */
export function belowEnvelope({ period, since, added }: SawTooth, steps: number): Float64Array {
  const first = since < period ? period - since : 1;
  return Float64Array.from({ length: steps }, (_, h) => {
    const past = h + 1 - first;
    return added * (past < 0 ? -past : (period - (past % period)) % period);
  });
}
