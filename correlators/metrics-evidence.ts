import { saySignal } from '../core/say-name.ts';
import type { MetricsWord } from './inquiry.ts';

/** What the metrics around the beginning say of one place. */
export interface MetricsEvidence {
  /** Against the place for which they speak most, 0 to 1. */
  readonly share: number;
  readonly signal: string | undefined;
  readonly words: readonly string[];
}

const silent: MetricsEvidence = { share: 0, signal: undefined, words: [] };

/** What metrics say of the place `id`; nothing when they were not read, or show nothing there. */
export function metricsEvidence(id: string, metrics: MetricsWord | undefined): MetricsEvidence {
  const rank = metrics?.services.findIndex(({ name }) => name === id) ?? -1;
  if (metrics === undefined || rank < 0) return silent;
  const { services, signals } = metrics;
  const told = signals.find(({ service }) => service === id);
  const change = told === undefined ? '' : `: ${told.evidence[0]?.replace(/^[a-z][a-z0-9_]*/, saySignal)}`;
  const place = rank === 0 ? 'speak for it most' : `speak for it too, after ${services[0]!.name}`;
  return {
    share: services[rank]!.score / services[0]!.score,
    signal: told?.signal,
    words: [`the metrics around the onset ${place}${change}`],
  };
}
