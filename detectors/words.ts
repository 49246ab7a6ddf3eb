import type { Band } from '../core/detector.ts';
import type { SignalSpec } from '../core/pack.ts';

const suffixes: Readonly<Record<string, string>> = { s: ' s', ms: ' ms', percent: ' %', bytes: ' B' };

/** A value in three significant digits with its unit, as an engineer would say it. */
export function sayValue(value: number, unit: string): string {
  if (Number.isNaN(value)) return 'no sample';
  return `${Number(value.toPrecision(3))}${suffixes[unit] ?? ''}`;
}

/** `latency_p95 1.92 s, expected 0.02 - 0.08 s`; says so when it deviates the way that does no harm. */
export function describeWorst(spec: SignalSpec, value: number, band: Band | undefined): string {
  const said = `${spec.name} ${sayValue(value, spec.unit)}`;
  if (band === undefined) return said;
  const range = `${Number(band.low.toPrecision(3))} - ${sayValue(band.high, spec.unit)}`;
  const harmless =
    (spec.bad === 'high' && value < band.low && 'low') || (spec.bad === 'low' && value > band.high && 'high');
  return `${said}, expected ${range}${harmless === false ? '' : `: ${harmless}, which does no harm`}`;
}
