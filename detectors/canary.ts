import { median, normalQuantile } from '../core/stats.ts';

/** What a signal means for a comparison: which direction is bad, and the smallest difference that counts, in the signal's unit. */
export interface CanarySignal {
  readonly bad: 'high' | 'low' | 'both';
  readonly margin: number;
}

/** `worse`: by the margin or more; `same`: surely less than that; `unsure`: the samples do not tell. */
export type CanaryVerdict = 'worse' | 'same' | 'unsure';

/** What two versions differ in. `shift` is canary minus baseline with its interval, in the signal's unit; NaN when unknown. */
export interface CanaryComparison {
  readonly verdict: CanaryVerdict;
  readonly baseline: number;
  readonly canary: number;
  readonly shift: number;
  readonly lower: number;
  readonly upper: number;
  /** Why it is unsure; empty otherwise. */
  readonly reason: string;
}

/** Fewer independent pairs say nothing with confidence. */
const fewestBlocks = 8;
/** More add only work: all pairs of blocks are looked at. */
const mostBlocks = 200;

/**
 * Compares two versions at the same moments (columns of one length, NaN is missing), so that traffic and the hour of the day
 * fall out: the shift is the Hodges-Lehmann estimate of the differences, its interval the one that inverts Wilcoxon's
 * signed-rank test (Hollander and Wolfe 1999, section 3.3, normal approximation). Differences of neighbouring moments are
 * alike, so they are first averaged over blocks as long as their correlation asks for. `alpha` is the chance of a wrong
 * interval. A verdict is one of non-inferiority: `worse` where the interval lies above zero and the estimate at or above the margin.
 */
export function compareVersions(
  baseline: Float64Array,
  canary: Float64Array,
  { bad, margin, alpha }: CanarySignal & { readonly alpha: number },
): CanaryComparison {
  const differences = pairedDifferences(baseline, canary);
  const known = {
    baseline: median(baseline),
    canary: median(canary),
  };
  const blocks = blockMeans(differences, blockLength(differences));
  const needed = blocksFor(alpha);
  if (blocks.length < needed) {
    const unknown = { shift: Number.NaN, lower: Number.NaN, upper: Number.NaN };
    return { ...known, ...unknown, verdict: 'unsure', reason: tooFew(known, blocks.length, needed) };
  }
  const interval = signedRankInterval(blocks, alpha);
  const verdict = judge(interval, { bad, margin });
  const reason = verdict === 'unsure' ? 'the difference is too unsteady to tell; compare for longer' : '';
  return { ...known, ...interval, verdict, reason };
}

/** The widest interval of n blocks, that of all of them, is wrong in 2 of 2^n cases: with fewer none is wrong as seldom as asked. */
function blocksFor(alpha: number): number {
  return Math.max(fewestBlocks, Math.ceil(1 - Math.log2(alpha)));
}

function tooFew(known: { baseline: number; canary: number }, blocks: number, needed: number): string {
  if (Number.isNaN(known.canary)) return 'the canary has no samples';
  if (Number.isNaN(known.baseline)) return 'the baseline has no samples';
  return `${blocks} independent moments at which both have samples, ${needed} are needed`;
}

function pairedDifferences(baseline: Float64Array, canary: Float64Array): Float64Array {
  const out = new Float64Array(Math.min(baseline.length, canary.length));
  let n = 0;
  for (let i = 0; i < out.length; i++) {
    const difference = canary[i]! - baseline[i]!;
    if (Number.isFinite(difference)) out[n++] = difference;
  }
  return out.subarray(0, n);
}

/**
 * So many neighbours make one independent value: (1 + r) / (1 - r) of a first-order process, three times that, as means of
 * blocks still lean on each other; r without its bias in short samples (Kendall 1954).
 */
function blockLength(differences: Float64Array): number {
  const n = differences.length;
  const centre = median(differences);
  let square = 0;
  let lagged = 0;
  for (let i = 0; i < n; i++) {
    const here = differences[i]! - centre;
    square += here * here;
    if (i > 0) lagged += here * (differences[i - 1]! - centre);
  }
  const seen = square > 0 ? lagged / square : 0;
  const r = Math.min(0.95, Math.max(0, seen + (1 + 3 * seen) / n));
  return Math.max(Math.ceil((3 * (1 + r)) / (1 - r)), Math.ceil(n / mostBlocks));
}

function blockMeans(values: Float64Array, length: number): Float64Array {
  const out = new Float64Array(Math.floor(values.length / length));
  for (let block = 0; block < out.length; block++) {
    let sum = 0;
    for (let i = block * length; i < (block + 1) * length; i++) sum += values[i]!;
    out[block] = sum / length;
  }
  return out;
}

interface ShiftInterval {
  readonly shift: number;
  readonly lower: number;
  readonly upper: number;
}

function signedRankInterval(values: Float64Array, alpha: number): ShiftInterval {
  const n = values.length;
  const walsh = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) walsh[at++] = (values[i]! + values[j]!) / 2;
  walsh.sort();
  const spread = normalQuantile(1 - alpha / 2) * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  const cut = Math.max(0, Math.floor(walsh.length / 2 - spread));
  return { shift: median(walsh), lower: walsh[cut]!, upper: walsh[walsh.length - 1 - cut]! };
}

function judge({ shift, lower, upper }: ShiftInterval, { bad, margin }: CanarySignal): CanaryVerdict {
  const up = bad !== 'low';
  const down = bad !== 'high';
  if ((up && lower > 0 && shift >= margin) || (down && upper < 0 && -shift >= margin)) return 'worse';
  return (!up || upper <= margin) && (!down || -lower <= margin) ? 'same' : 'unsure';
}
