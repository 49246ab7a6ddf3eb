import type { SignalSpec } from '../core/pack.ts';
import { median } from '../core/stats.ts';
import { type CanaryComparison, compareVersions } from '../detectors/canary.ts';
import { formatTimestamp } from './timestamp.ts';

/** The same signal of both versions, at the same moments. */
export interface CanaryPair extends Pick<SignalSpec, 'name' | 'kind' | 'unit' | 'bad' | 'floor'> {
  /** `pack/class`; empty for files. */
  readonly class: string;
  readonly baseline: Float64Array;
  readonly canary: Float64Array;
}

/** A compared signal as it is written. */
export interface ComparedSignal extends Pick<SignalSpec, 'name' | 'kind' | 'unit'> {
  readonly class: string;
  /** The smallest difference that counts: the pack's floor, or the tolerance of what the baseline has. */
  readonly margin: number;
  readonly comparison: CanaryComparison;
}

/** `fail`: something is surely worse; `inconclusive`: an error, latency or saturation is not known to be the same. */
export interface CanaryResult {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly signals: readonly ComparedSignal[];
}

/** What users feel: without knowing these nobody may go on. */
const symptoms: readonly string[] = ['errors', 'latency', 'saturation'];

/**
 * Compares all pairs; the chance that any verdict of `worse` is wrong is at most 1 - `confidence` (Bonferroni). `tolerance` is a share
 * of the baseline's median. Pairs without a sample on either side are left out.
 */
export function compareAll(
  pairs: readonly CanaryPair[],
  { tolerance, confidence }: { readonly tolerance: number; readonly confidence: number },
): CanaryResult {
  const known = pairs.filter(({ baseline, canary }) => baseline.some(isThere) || canary.some(isThere));
  const alpha = (1 - confidence) / Math.max(1, known.length);
  const signals = known.map(({ name, kind, unit, bad, floor, baseline, canary, ...rest }) => {
    const usual = Math.abs(median(baseline));
    const margin = Math.max(floor, Number.isNaN(usual) ? 0 : tolerance * usual);
    const comparison = compareVersions(baseline, canary, { bad, margin, alpha });
    return { class: rest.class, name, kind, unit, margin, comparison };
  });
  return { verdict: verdictOf(signals), signals };
}

const isThere = (value: number) => Number.isFinite(value);

function verdictOf(signals: readonly ComparedSignal[]): CanaryResult['verdict'] {
  if (signals.some(({ comparison }) => comparison.verdict === 'worse')) return 'fail';
  const decisive = signals.filter(({ kind }) => symptoms.includes(kind));
  const asked = decisive.length > 0 ? decisive : signals;
  return asked.length > 0 && asked.every(({ comparison }) => comparison.verdict === 'same')
    ? 'pass'
    : 'inconclusive';
}

const number = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);

/** The result as JSON; times in ms. */
export function canaryJson(
  { verdict, signals }: CanaryResult,
  range: { readonly from: number; readonly to: number },
): string {
  const rows = signals.map(({ class: of, name, kind, unit, margin, comparison }) => ({
    ...(of === '' ? {} : { class: of }),
    signal: name,
    kind,
    unit,
    verdict: comparison.verdict,
    baseline: number(comparison.baseline),
    canary: number(comparison.canary),
    shift: number(comparison.shift),
    lower: number(comparison.lower),
    upper: number(comparison.upper),
    margin: number(margin),
    ...(comparison.reason === '' ? {} : { reason: comparison.reason }),
  }));
  const span = { from: formatTimestamp(range.from), to: formatTimestamp(range.to) };
  return `${JSON.stringify({ verdict, ...span, signals: rows }, null, 2)}\n`;
}
