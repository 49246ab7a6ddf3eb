import type { Band } from '../core/detector.ts';
import type { SignalSpec } from '../core/pack.ts';
import { saySignal } from '../core/say-name.ts';
import { sayRange, sayValue } from '../core/say-value.ts';

/** `latency p95 1.92 s, expected 20 to 80 ms`; says so when it deviates the way that does no harm. */
export function describeWorst(spec: SignalSpec, value: number, band: Band | undefined): string {
  const said = `${saySignal(spec.name)} ${sayValue(value, spec.unit)}`;
  if (band === undefined) return said;
  const harmless =
    (spec.bad === 'high' && value < band.low && 'low') || (spec.bad === 'low' && value > band.high && 'high');
  const expected = `expected ${sayRange(band, value, spec.unit)}`;
  return `${said}, ${expected}${harmless === false ? '' : `: ${harmless}, which does no harm`}`;
}
