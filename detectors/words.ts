import type { Band } from '../core/detector.ts';
import type { SignalSpec } from '../core/pack.ts';

const suffixes: Readonly<Record<string, string>> = { s: ' s', ms: ' ms', percent: ' %', bytes: ' B' };

/** A value in three significant digits with its unit, as an engineer would say it. */
export function sayValue(value: number, unit: string): string {
  if (Number.isNaN(value)) return 'no sample';
  return `${Number(value.toPrecision(3))}${suffixes[unit] ?? ''}`;
}

/** `latency_p95 1.92 s, expected 0.02 - 0.08 s`. */
export function describeWorst(spec: SignalSpec, value: number, band: Band | undefined): string {
  const said = `${spec.name} ${sayValue(value, spec.unit)}`;
  if (band === undefined) return said;
  return `${said}, expected ${Number(band.low.toPrecision(3))} - ${sayValue(band.high, spec.unit)}`;
}
