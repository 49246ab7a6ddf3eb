import type { Anomaly } from '../core/detector.ts';
import type { Labels } from '../core/labels.ts';
import { sayEntity, saySignal } from '../core/say-name.ts';
import { sayOdds, sayRange, sayValue } from '../core/say-value.ts';

/** Summary and description of an anomaly; `since` is the signal that it began with. */
export function describe(anomaly: Anomaly, since: string): Labels {
  const { band, worst, p } = anomaly;
  if (worst !== undefined && Number.isNaN(worst.value)) return describeMissing(anomaly, worst.signal);
  const unit = worst?.unit;
  const seen = worst === undefined ? '' : `${saySignal(worst.signal)} is ${sayValue(worst.value, unit)}`;
  const expected = band === undefined ? '' : `, expected ${sayRange(band, worst?.value, unit)}`;
  return {
    summary: `${saySignal(since)} of ${sayEntity(anomaly.entity)} is unusual`,
    description: `${seen}${expected}${seen === '' ? '' : '; '}${sayOdds(p)}`,
  };
}

/** What tells nothing is no value: an on-call engineer looks for the target first. */
function describeMissing({ entity, reason, p }: Anomaly, signal: string): Labels {
  const missing = `no samples of ${saySignal(signal)}`;
  return {
    summary: `${sayEntity(entity)} has ${missing}`,
    description: `${reason === '' ? missing : reason}; ${sayOdds(p)}`,
  };
}
